import { describe, expect, test } from 'vitest'
import type { ResolvedTiming } from '../model/cluster-timing.ts'
import type { FaultEffect, ProbeFailure, ProbeKind } from '../model/fault.ts'
import type { Prediction } from '../model/result.ts'
import { predict, type Situation } from './predict.ts'
import type { ContainerTiming, ProbeTiming } from './spec.ts'
import { periodsMs } from './terms.ts'

const failures: ProbeFailure[] = [
  { with: 'status', status: 503 },
  { with: 'silence' },
  { with: 'delay', delayMs: 5_000 },
  { with: 'reset' },
  { with: 'exit', exitCode: 1 },
]
const fail = (probes: ProbeKind[]): FaultEffect[] =>
  failures.map((failure) => ({ does: 'fail-probe', podUid: 'web-1', container: 'app', probes, failure }))
const effects: FaultEffect[] = [
  ...(['liveness', 'readiness', 'startup'] as const).flatMap((kind) => fail([kind])),
  ...fail(['liveness', 'readiness']),
  ...fail(['startup', 'liveness']),
  { does: 'signal', podUid: 'web-1', container: 'app', signal: 'SIGTERM' },
  { does: 'freeze', podUid: 'web-1', container: 'app', ranForMs: 4_000 },
  { does: 'delete-pod', podUid: 'web-1', force: false },
  { does: 'delete-pod', podUid: 'web-1', force: true },
  { does: 'delete-node', node: 'n1', podUids: ['web-1'] },
  ...(['stopped', 'paused', 'kubelet stopped', 'partitioned'] as const).map(
    (how): FaultEffect => ({ does: 'lose-node', node: 'n1', how, podUids: ['web-1'] }),
  ),
  ...[1, 9].map((to): FaultEffect => ({ does: 'scale', deployment: 'd', from: 3, to, podUids: ['web-1'] })),
  { does: 'roll-out', deployment: 'd', oldSet: 'v1', podUids: ['web-1'] },
]

const probes: (ProbeTiming | undefined)[] = [
  undefined,
  {},
  { initialDelaySeconds: 3, periodSeconds: 5, timeoutSeconds: 7 },
  { periodSeconds: 1, failureThreshold: 1, successThreshold: 4 },
  { initialDelaySeconds: 20, periodSeconds: 60, failureThreshold: 9, terminationGracePeriodSeconds: 0 },
]

const every: Record<string, (situation: Situation) => Prediction | undefined> = {
  'one restart': (situation) => predict.restarts(situation, 1),
  'three restarts': (situation) => predict.restarts(situation, 3),
  'an exit': (situation) => predict.exits(situation),
  'leaving the endpoints': (situation) => predict.leavesEndpoints(situation),
  'joining the endpoints': (situation) => predict.joinsEndpoints(situation),
  'a replacement': (situation) => predict.replaced(situation),
  'a recovery': (situation) => predict.recovers(situation),
  'a roll-out': (situation) => predict.rollsOut(situation),
  'a stall': (situation) => predict.stalls(situation),
}

function* situations(): Generator<Situation> {
  for (const effect of effects) {
    for (const livenessProbe of probes) {
      for (const readinessProbe of probes) {
        for (const startupProbe of probes.slice(0, 3)) {
          const container = { name: 'app', livenessProbe, readinessProbe, startupProbe }
          for (const restartsBefore of [0, 4]) {
            yield { effect, pod: { containers: [container] }, restartsBefore }
          }
        }
      }
    }
  }
}

/** The same situation with a field of every probe of the container set. */
function having(situation: Situation, field: keyof ProbeTiming, value: number): Situation {
  const set = (probe: ProbeTiming | undefined) => probe && { ...probe, [field]: value }
  const containers = situation.pod.containers.map(
    ({ name, livenessProbe, readinessProbe, startupProbe }): ContainerTiming => ({
      name,
      livenessProbe: set(livenessProbe),
      readinessProbe: set(readinessProbe),
      startupProbe: set(startupProbe),
    }),
  )
  return { ...situation, pod: { ...situation.pod, containers } }
}

/** The same situation in a cluster with a setting changed. */
function inCluster(situation: Situation, field: keyof ResolvedTiming, value: number): Situation {
  return { ...situation, cluster: { [field]: value } }
}

/** The same situation, its pod bearing an unreachable node for so long. */
function tolerating(situation: Situation, tolerationSeconds: number): Situation {
  const toleration = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', tolerationSeconds }
  return { ...situation, pod: { ...situation.pod, tolerations: [toleration] } }
}

/** The same situation, its containers with a preStop hook that sleeps. */
function hooked(situation: Situation, seconds: number): Situation {
  const lifecycle = { preStop: { sleep: { seconds } } }
  const containers = situation.pod.containers.map((container) => ({ ...container, lifecycle }))
  return { ...situation, pod: { ...situation.pod, containers } }
}

/** The situations of which this is not so, as text; the first few. */
function exceptions(isSo: (situation: Situation) => boolean): string[] {
  return [...situations()]
    .filter((situation) => !isSo(situation))
    .flatMap((s) => JSON.stringify(s))
    .slice(0, 3)
}

/** Whether neither end of a window comes before the same end of the window before it; where there is one. */
function neverEarlier(windows: (Prediction | undefined)[]): boolean {
  const there = windows.filter((window) => window !== undefined)
  return there.every((window, i) => {
    const before = there[i - 1] ?? window
    return window.earliestMs >= before.earliestMs && window.latestMs >= before.latestMs
  })
}

describe.each(Object.entries(every))('the window of %s', (_, window) => {
  test('is predicted of some of the situations, and not of all', () => {
    const without = exceptions((situation) => window(situation) !== undefined)
    const within = exceptions((situation) => window(situation) === undefined)
    expect([without.length, within.length]).toEqual([3, 3])
  })

  test('is what its terms add up to, from its earliest to its latest, and every term says where it is from', () => {
    const sums = (situation: Situation) => {
      const { earliestMs, latestMs, because } = window(situation) ?? {
        earliestMs: 0,
        latestMs: 0,
        because: [],
      }
      return (
        earliestMs >= 0 &&
        earliestMs <= latestMs &&
        because.reduce((all, term) => all + term.ms, 0) === latestMs &&
        because.reduce((all, term) => all + (term.earliestMs ?? term.ms), 0) === earliestMs &&
        because.every((term) => term.source && term.term && (term.earliestMs ?? term.ms) <= term.ms)
      )
    }
    expect(exceptions(sums)).toEqual([])
  })

  test("has a term of Kubernetes' own wherever the machine did not set it", () => {
    const told = (situation: Situation) => {
      const prediction = window(situation)
      if (!prediction) return true
      const machine = prediction.because.filter(({ source = '' }) => /^(measured|estimated)/.test(source))
      const machineMs = machine.reduce((all, { ms }) => all + ms, 0)
      return (
        machine.every(({ kubernetes }) => kubernetes === undefined) &&
        periodsMs(prediction) === prediction.latestMs - machineMs
      )
    }
    expect(exceptions(told)).toEqual([])
  })

  test.each<[keyof ResolvedTiming, number[]]>([
    ['nodeMonitorGraceMs', [20_000, 40_000, 50_000]],
    ['nodeMonitorPeriodMs', [1_000, 5_000]],
    ['podGcQuarantineMs', [10_000, 40_000]],
    ['podGcPeriodMs', [5_000, 20_000]],
    ['defaultTolerationSeconds', [0, 30, 300]],
    ['crashLoopBackOffMaxMs', [1_000, 40_000, 300_000]],
  ])('never comes earlier where the %s of its cluster is larger', (field, values) => {
    const grows = (situation: Situation) =>
      neverEarlier(values.map((value) => window(inCluster(situation, field, value))))
    expect(exceptions(grows)).toEqual([])
  })

  test('never comes earlier where a node is borne for longer, or a preStop hook sleeps longer', () => {
    const bears = (situation: Situation) =>
      neverEarlier([-1, 0, 5, 300].map((seconds) => window(tolerating(situation, seconds))))
    expect(exceptions(bears)).toEqual([])
    const sleeps = (situation: Situation) =>
      neverEarlier([0, 5, 30, 90].map((seconds) => window(hooked(situation, seconds))))
    expect(exceptions(sleeps)).toEqual([])
  })

  test.each<[keyof ProbeTiming, number[]]>([
    ['periodSeconds', [1, 2, 5, 30]],
    ['failureThreshold', [1, 2, 3, 10]],
    ['initialDelaySeconds', [0, 1, 15]],
    ['timeoutSeconds', [1, 5, 60]],
    ['successThreshold', [1, 2, 5]],
  ])('never comes earlier where %s is larger', (field, values) => {
    const grows = (situation: Situation) =>
      neverEarlier(values.map((value) => window(having(situation, field, value))))
    expect(exceptions(grows)).toEqual([])
  })

  test('never comes earlier after more restarts, or with a longer grace period', () => {
    const more = (situation: Situation) =>
      window({ ...situation, restartsBefore: situation.restartsBefore + 1 })
    expect(exceptions((situation) => neverEarlier([window(situation), more(situation)]))).toEqual([])
    const patient = (situation: Situation) =>
      window({ ...situation, pod: { ...situation.pod, terminationGracePeriodSeconds: 60 } })
    expect(exceptions((situation) => neverEarlier([window(situation), patient(situation)]))).toEqual([])
  })
})
