import { describe, expect, test } from 'vitest'
import type { FaultEffect, FaultRecord } from '../model/fault.ts'
import type { NoiseObservation, Observation } from '../model/observation.ts'
import {
  ended,
  FakeRecording,
  fakeStage,
  pod,
  running,
  slice,
  timelineOf,
  watched,
} from '../timeline/testing.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { ledgerOf } from './ledger.ts'
import { judgeExited } from './to-exit.ts'
import { judgeAvailable } from './to-keep-available.ts'
import { judgeRestarted, toRestart } from './to-restart.ts'
import { judgeUp } from './to-stay-up.ts'

const beats = (apiMs: number) =>
  [0, 2_000, 4_000, 6_000].map((atMs): NoiseObservation => ({ source: 'noise', atMs, apiMs, watchMs: apiMs }))
const calm = beats(20)
const slow = beats(400)

const event = (atMs: number, reason: string, message = '', of = 'web-1') =>
  watched(
    'Event',
    atMs,
    {
      metadata: { name: `${reason}-${atMs}`, uid: `${reason}-${atMs}-${of}` },
      involvedObject: { kind: 'Pod', name: of, uid: of, fieldPath: 'spec.containers{app}' },
      ...{ reason, message },
    } as never,
    'ADDED',
  )
const late =
  'Get "http://10.0.0.1:80/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
const liveness = event(5_000, 'Unhealthy', `Liveness probe failed: ${late}`)
const killing = event(5_100, 'Killing', 'Container app failed liveness probe, will be restarted')
const up = watched('Pod', 1, pod({ containers: { app: running('id1') } }))
const again = (atMs: number, count: number) => {
  const app = running(`id${count + 1}`, count, ended(`id${count}`))
  return watched('Pod', atMs, pod({ containers: { app } }))
}

const shape = { name: 'web', namespace: 'shop', services: [{ name: 'web', selector: {} }], roots: [] }

const hurtBy = (effect: FaultEffect) => ({ faults: [{ effect } as FaultRecord] })
const unhurt = { faults: [] }
const frozen = hurtBy({ does: 'freeze', podUid: 'web-1', container: 'app', ranForMs: 1 })
const failing = (probe: 'liveness' | 'readiness') =>
  hurtBy({
    ...{ does: 'fail-probe', podUid: 'web-1', container: 'app' },
    ...{ probes: [probe], failure: { with: 'silence' } },
  })

describe('a container that is killed for a probe that timed out', () => {
  const stayed = (of: Parameters<typeof judgeUp>[0], ...seen: Observation[]) =>
    judgeUp(of, () => ['web-1'])(timelineOf(up, ...seen), 500)

  test('on a machine that was too slow, breaks no promise to stay up, and leaves it unjudged', () => {
    expect(stayed(unhurt, ...slow, liveness, killing)).toEqual({
      ...{ is: 'unjudgeable', tooSlow: true },
      detail: expect.stringMatching(
        /^the kubelet began to kill spec.containers\{app\} of web-1, but its liveness probe timed out, and this machine was too slow to judge: API writes took 400 ms/,
      ),
    })
    expect(stayed(unhurt, ...slow, liveness, again(6_000, 1)).is).toBe('unjudgeable')
  })

  test('breaks it on a calm machine, or where the probe was answered', () => {
    expect(stayed(unhurt, ...calm, liveness, killing)).toMatchObject({ is: 'broken', atMs: 5_100 })
    expect(stayed(unhurt, liveness, killing).is).toBe('broken')
    const refused = event(5_000, 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500')
    expect(stayed(unhurt, ...slow, refused, killing).is).toBe('broken')
    expect(stayed(unhurt, ...slow, killing).is).toBe('broken')
    const old = event(1_000, 'Unhealthy', `Liveness probe failed: ${late}`)
    expect(judgeUp(unhurt, () => ['web-1'])(timelineOf(up, ...slow, old, killing), 4_500).is).toBe('broken')
  })

  test('leaves it unjudged for any failure of its probe, whenever it is told, where the machine was beyond judging', () => {
    const failed = event(1_000, 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500')
    const seen = (apiMs: number) => [...beats(apiMs), failed, killing]
    const judge = (apiMs: number) => judgeUp(unhurt, () => ['web-1'])(timelineOf(up, ...seen(apiMs)), 4_500)
    expect(judge(1_250)).toMatchObject({
      ...{
        is: 'unjudgeable',
        detail: expect.stringContaining('its liveness probe had failed, and this machine'),
      },
    })
    expect(judge(1_240).is).toBe('broken')
  })

  test('breaks it where a fault holds that probe up, and no other', () => {
    expect(stayed(frozen, ...slow, liveness, killing).is).toBe('broken')
    expect(stayed(failing('liveness'), ...slow, liveness, killing).is).toBe('broken')
    expect(stayed(failing('readiness'), ...slow, liveness, killing).is).toBe('unjudgeable')
    const away = (component: string) => hurtBy({ does: 'stop-control-plane', component, podUids: [] })
    expect(stayed(away('kube-apiserver'), ...slow, liveness, killing).is).toBe('broken')
    expect(stayed(away('kube-scheduler'), ...slow, liveness, killing).is).toBe('unjudgeable')
  })

  test('excuses no deletion, and no other pod', () => {
    const told = watched('Pod', 5_200, pod({ grace: 30, containers: { app: running('id1') } }))
    expect(stayed(unhurt, ...slow, liveness, told).is).toBe('broken')
    const readiness = event(5_000, 'Unhealthy', `Readiness probe failed: ${late}`)
    expect(stayed(unhurt, ...slow, readiness, killing).is).toBe('broken')
    const other = watched('Pod', 2, pod({ name: 'web-2', containers: { app: running('o1') } }))
    const killed = event(5_200, 'Killing', '', 'web-2')
    const both = judgeUp(unhurt, () => ['web-1', 'web-2'])
    expect(both(timelineOf(up, other, ...slow, liveness, killing, killed), 500).is).toBe('broken')
  })

  test('may be one restart too many, or another exit code than was promised', () => {
    const restarts = (...seen: Observation[]) =>
      judgeRestarted(unhurt, 'web-1', 'app', 1, {})(timelineOf(up, ...seen), 500)
    const both = [again(3_000, 1), again(5_500, 2)]
    expect(restarts(...slow, liveness, ...both)).toMatchObject({ is: 'unjudgeable', tooSlow: true })
    expect(restarts(...calm, liveness, ...both).is).toBe('broken')
    const exits = (...seen: Observation[]) => {
      const all = timelineOf(up, ...seen, again(5_500, 1))
      const wanted = { exitCode: 0 }
      return [judgeRestarted(unhurt, 'web-1', 'app', 1, wanted), judgeExited(unhurt, 'web-1', 'app', 0)].map(
        (judge) => judge(all, 500).is,
      )
    }
    expect(exits(...slow, liveness)).toEqual(['unjudgeable', 'unjudgeable'])
    expect(exits(...calm, liveness)).toEqual(['broken', 'broken'])
  })

  test('after what was promised had come, leaves that unjudged too', async () => {
    const recording = new FakeRecording(up, again(600, 1))
    const stage = fakeStage(recording, {
      ...{ number: 0, kind: 'killContainer', target: 'Pod/shop/web-1', injectedAtMs: 500, receipt: null },
      ...{ effect: { does: 'signal', podUid: 'web-1', container: 'app', signal: 'SIGKILL' } },
      revertedAtMs: undefined,
    })
    recording.passUntil(1_000)
    const containers = [{ name: 'app' }]
    const workload = new Workload(stage, shape, { containers })
    const of = new Pod(workload, { metadata: { name: 'web-1', uid: 'web-1' }, spec: { containers } })
    await toRestart(of, { within: '1s' }, 'toRestart()')
    expect(ledgerOf(stage).entries[0]?.result.verdict).toBe('passed')
    for (const one of [...slow, liveness, again(5_500, 2)]) recording.record(one)
    await ledgerOf(stage).close()
    expect(ledgerOf(stage).entries[0]?.result.verdict).toBe('inconclusive')
  })
})

describe('a pod that is taken out of its Service for a probe that timed out', () => {
  const readiness = (of: string) => event(5_000, 'Unhealthy', `Readiness probe failed: ${late}`, of)
  const listed = (atMs: number, ...of: string[]) =>
    watched(
      'EndpointSlice',
      atMs,
      slice(
        'web',
        of.map((name) => ({ of: name })),
        'web',
      ),
    )
  const kept = (atLeast: number, ...seen: Observation[]) => keptBy(unhurt, atLeast, ...seen)
  const keptBy = (of: Parameters<typeof judgeAvailable>[0], atLeast: number, ...seen: Observation[]) =>
    judgeAvailable(of, shape, atLeast)(timelineOf(listed(1, 'web-1', 'web-2'), ...seen), 500)

  test('on a machine that was too slow, counts as available, and leaves the promise unjudged', () => {
    expect(kept(2, ...slow, readiness('web-1'), listed(5_100, 'web-2'))).toMatchObject({
      ...{ is: 'unjudgeable', tooSlow: true },
      detail: expect.stringMatching(
        /^there were only 1 ready endpoints of Service web, but its readiness probe/,
      ),
    })
    expect(kept(2, ...calm, readiness('web-1'), listed(5_100, 'web-2')).is).toBe('broken')
  })

  test('is the fault`s doing where a fault hurt that very pod', () => {
    const killed = hurtBy({ does: 'signal', podUid: 'web-1', container: 'app', signal: 'SIGKILL' })
    expect(keptBy(killed, 2, ...slow, readiness('web-1'), listed(5_100, 'web-2')).is).toBe('broken')
  })

  test('does not make up for another that is gone, whatever came of its probes', () => {
    const gone = watched('Pod', 5_050, pod({ name: 'web-2', grace: 30 }))
    expect(kept(2, ...slow, readiness('web-1'), listed(5_100, 'web-2'), listed(5_200))).toMatchObject({
      ...{ is: 'broken', atMs: 5_200 },
    })
    expect(kept(2, ...slow, readiness('web-2'), gone, listed(5_100, 'web-1')).is).toBe('broken')
  })
})
