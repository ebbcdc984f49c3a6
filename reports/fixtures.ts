import type { ClusterResult, Result, ScenarioResult } from '../harness/model/result.ts'
import { healthyPod } from './fixtures/intervals.ts'
import { harnessFailed, incapable, nodeDeleted, notSteady } from './fixtures/others.ts'
import { notRestarted, restarted } from './fixtures/restart.ts'
import { stoppedBadly, stoppedWell, tooBusy } from './fixtures/stops.ts'

const intact = ['web-6d5f7c9b8-2hc6d', 'web-6d5f7c9b8-c8v4f', 'web-6d5f7c9b8-rr9xk']

const cluster: ClusterResult = {
  provider: 'kind',
  name: 'rolypoly-7f3a',
  kubernetesVersion: 'v1.34.4',
  nodes: [
    { name: 'rolypoly-7f3a-control-plane', role: 'control-plane' },
    { name: 'rolypoly-7f3a-worker', role: 'worker' },
    { name: 'rolypoly-7f3a-worker2', role: 'worker' },
  ],
  capabilities: ['node.stop', 'container.signal', 'probe.intercept'],
  settings: { 'node monitor grace period': '50 s', 'kubelet node status update frequency': '10 s' },
}

const run: Result['run'] = {
  id: '2026-05-04T01-29-31Z-7f3a',
  mode: 'normal',
  verdict: 'violated',
  startedAt: '2026-05-04T01:29:31.004Z',
  finishedAt: '2026-05-04T01:36:02.771Z',
  rolypolyVersion: '0.1.0',
  seed: 20_260_504,
  cluster,
}

/** A night on which something of each verdict came up. */
export const mixed: Result = {
  schemaVersion: 1,
  run,
  scenarios: [restarted, notRestarted, nodeDeleted, notSteady, harnessFailed, incapable],
}

/** All is well. */
export const passed: Result = {
  schemaVersion: 1,
  run: { ...run, verdict: 'passed' },
  scenarios: [restarted, nodeDeleted],
}

/** Pods that were told to stop: one as it should, one that did not, and a machine too busy to tell. */
export const stops: Result = {
  schemaVersion: 1,
  run,
  scenarios: [stoppedBadly, stoppedWell, tooBusy],
}

/** The faults left out: one response claim failed as it must, another passed though nothing had been done. */
export const control: Result = {
  schemaVersion: 1,
  run: {
    ...run,
    id: '2026-05-04T02-00-00Z-c0de',
    mode: 'control',
    cluster: { ...cluster, provider: 'simulated' },
  },
  scenarios: [withoutFault(restarted, 'passed'), withoutFault(nodeDeleted, 'violated')],
}

/** The run failed before there was a cluster. */
export const failedRun: Result = {
  schemaVersion: 1,
  run: {
    id: run.id,
    mode: run.mode,
    verdict: 'error',
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    rolypolyVersion: run.rolypolyVersion,
    seed: run.seed,
    error: {
      message: 'No Docker engine answers at unix:///var/run/docker.sock.',
      evidence: 'connect ENOENT /var/run/docker.sock',
      remedy: 'Start Docker, or choose --cluster simulated.',
    },
  },
  scenarios: [],
}

/** Twenty pods of which one was hurt. */
export const crowded: Result = {
  schemaVersion: 1,
  run,
  scenarios: [
    {
      ...notRestarted,
      intervals: [
        ...notRestarted.intervals,
        ...Array.from({ length: 17 }, (_, index) =>
          healthyPod(`web-6d5f7c9b8-n${String(index).padStart(4, '0')}`, 'w', 9_000),
        ).flat(),
      ],
    },
  ],
}

/** What the scenario would come to with its fault left out: its pods untouched, its first claim as given. */
function withoutFault(scenario: ScenarioResult, verdict: 'violated' | 'passed'): ScenarioResult {
  const [first, ...others] = scenario.claims
  const { measuredMs: _, timing: __, ...claim } = first ?? fail()
  const message =
    verdict === 'passed'
      ? 'failed, as it must without the fault: nothing of the kind was seen.'
      : 'held although the fault was left out: 1 of 2 pods was replaced on another node.'
  return {
    ...scenario,
    verdict,
    faults: scenario.faults.map(({ kind, target, injectedAtMs }) => {
      const receipt = { atMs: injectedAtMs, observedBy: 'control run', evidence: 'left out on purpose' }
      return { kind, target, injectedAtMs, revertedAtMs: injectedAtMs + 60_000, receipt }
    }),
    claims: [{ ...claim, verdict, message }, ...others.filter((other) => other.sort === 'invariant')],
    intervals: intact.flatMap((name) => healthyPod(name, 'rolypoly-7f3a-worker', 9_000)),
    traffic: { requests: 4_410, lost: 0, longestGapMs: 21, losses: [] },
  }
}

function fail(): never {
  throw new Error('a scenario without claims has no control')
}
