import { describe, expect, test } from 'vitest'
import type { FaultEffect, FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import {
  ended,
  FakeRecording,
  fakeStage,
  pod,
  replicaSet,
  replicated,
  running,
  slice,
  timelineOf,
  watched,
} from '../timeline/testing.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { ledgerOf } from './ledger.ts'
import { situationOf } from './situation.ts'
import { countsFrom, judgeAvailable } from './to-keep-available.ts'
import { judgeRecovered } from './to-recover.ts'
import { judgeUp, toStayUp } from './to-stay-up.ts'

const shape = {
  ...{ name: 'web', namespace: 'shop', services: [{ name: 'web', selector: { app: 'web' } }] },
  roots: [{ kind: 'Deployment', name: 'web', uid: 'd', replicas: 2 }],
}
const effect: FaultEffect = { does: 'delete-pod', podUid: 'web-1', force: false }
const fault = (injectedAtMs: number, of: FaultEffect = effect): FaultRecord => ({
  ...{ number: 0, kind: 'deletePod', target: 'Pod/shop/web-1', effect: of, injectedAtMs },
  ...{ receipt: null, revertedAtMs: undefined },
})
const seen = (atMs: number, parts: Parameters<typeof pod>[0] = {}, type?: 'DELETED') =>
  watched('Pod', atMs, pod(parts), type)
const listed = (atMs: number, of: string[], service = 'web') => {
  const endpoints = of.map((name) => ({ of: name }))
  return watched('EndpointSlice', atMs, slice(service, endpoints, service))
}

describe('availability', () => {
  const interval = (fromMs: number, toMs: number | null) => ({
    ...{ fromMs, toMs },
    kind: 'pod-ready' as const,
  })
  const of = (...spans: [number, number | null][]) =>
    spans.map(([from, to]) => ({ ...interval(from, to), subject: '', uid: '', detail: { pod: '' } }))

  test('is what held when it began to count, and after each change since, in order', () => {
    expect(countsFrom(of([5, null], [1, 5], [1, 9], [1, 7], [8, 20]), 5)).toEqual([
      [5, 3],
      [7, 2],
      [8, 3],
      [9, 2],
      [20, 1],
    ])
    expect(countsFrom([], 5)).toEqual([[5, 0]])
  })

  test('counts an end and a beginning of one moment as one change', () => {
    expect(countsFrom(of([1, 9], [9, null]), 5)).toEqual([
      [5, 1],
      [9, 1],
    ])
  })

  test('is of pods, not of endpoints: an address of each family lists a pod twice', () => {
    const listed = (atMs: number, ...of: string[]) => {
      const endpoints = of.map((name) => ({ of: name }))
      return ['v4', 'v6'].map((name) => watched('EndpointSlice', atMs, slice(name, endpoints)))
    }
    const timeline = timelineOf(...listed(1, 'web-1', 'web-2'), ...listed(9, 'web-1'))
    expect(judgeAvailable({ faults: [] }, shape, 2)(timeline, 5)).toMatchObject({ is: 'broken', atMs: 9 })
    expect(judgeAvailable({ faults: [] }, shape, 1)(timeline, 5)).toMatchObject({ is: 'open' })
  })

  test('is of ready pods where there is no Service, and only of its own', () => {
    const alone = { ...shape, services: [] }
    const owners = [watched('ReplicaSet', 1, replicated('rs', 2, 2, 'd'))]
    const timeline = timelineOf(
      ...owners,
      seen(1),
      seen(1, { name: 'x', owner: 'other' }),
      seen(9, { ready: false }),
    )
    expect(judgeAvailable({ faults: [] }, alone, 1)(timeline, 5)).toMatchObject({
      ...{ is: 'broken', atMs: 9, detail: 'there were only 0 ready pods' },
    })
    expect(judgeAvailable({ faults: [] }, alone, 2)(timeline, 5)).toMatchObject({ is: 'broken', atMs: 5 })
  })
})

test('a workload recovers only from what was seen after the fault', () => {
  const up = [
    { source: 'workload', atMs: 1, workload: shape } as const,
    ...[watched('Deployment', 2, replicated('d', 1)), watched('ReplicaSet', 2, replicated('rs', 1, 1, 'd'))],
    ...[seen(3), listed(4, ['web-1'])],
  ]
  const [hurt, well] = [seen(9, { ready: false }), seen(20)]
  const judge = (sinceMs: number, ...more: Observation[]) =>
    judgeRecovered(shape)(timelineOf(...up, ...more), sinceMs)
  expect(judge(5)).toMatchObject({ is: 'open', lastSeen: 'no damage was seen that it could recover from' })
  expect(judge(5, hurt)).toMatchObject({
    is: 'open',
    lastSeen: expect.stringContaining('not since 0.01 s: '),
  })
  const refused = watched('Event', 12, {
    ...{
      reason: 'FailedCreate',
      type: 'Warning',
      message: 'exceeded quota: pods',
      metadata: { name: 'e', uid: 'e' },
    },
    involvedObject: { kind: 'ReplicaSet', name: 'web', uid: 'rs' },
  })
  const numbered = watched('ReplicaSet', 6, {
    ...replicated('rs', 1, 1, 'd'),
    metadata: { ...replicaSet('rs', 1, 1).metadata },
  })
  expect(judge(5, numbered, hurt, refused)).toMatchObject({
    lastSeen: expect.stringMatching(/ \(FailedCreate: exceeded quota: pods\)$/),
  })
  expect(judge(5, hurt, well)).toMatchObject({ is: 'held', atMs: 20 })
  expect(judge(12, hurt, well)).toMatchObject({ is: 'unjudgeable' })
  expect(judge(30, hurt, well).is).toBe('open')
})

describe('staying up', () => {
  test('is broken by the first pod that falls, by its end or its deletion', () => {
    const timeline = timelineOf(
      ...[seen(1, { containers: { app: running('id1') } }), seen(1, { name: 'web-2' })],
      seen(20, { containers: { app: running('id2', 1, ended('id1')) } }),
      seen(10, { name: 'web-2', grace: 30 }),
    )
    expect(judgeUp({ faults: [] }, () => ['web-1', 'web-2'])(timeline, 5)).toMatchObject({
      ...{ is: 'broken', atMs: 10, detail: 'pod web-2 was deleted' },
    })
    expect(judgeUp({ faults: [] }, () => [])(timeline, 5).is).toBe('unjudgeable')
  })

  test('is broken by an end of which the kubelet lost the container', () => {
    const lastState = { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } }
    const again = { containerID: 'id2', restartCount: 1, state: { running: {} }, lastState }
    const timeline = timelineOf(
      seen(1, { containers: { app: running('id1') } }),
      seen(9, { containers: { app: again } }),
    )
    expect(judgeUp({ faults: [] }, () => ['web-1'])(timeline, 5)).toMatchObject({ is: 'broken', atMs: 9 })
  })

  test('is broken by the deletion of a pod, not by the exit that follows it', () => {
    const exited = { app: { restartCount: 0, state: ended('id1', 0) } }
    const timeline = timelineOf(
      seen(1, { containers: { app: running('id1') } }),
      seen(9, { grace: 30, containers: { app: running('id1') } }),
      seen(12, { grace: 30, ready: false, containers: exited }),
    )
    expect(judgeUp({ faults: [] }, () => ['web-1'])(timeline, 5)).toMatchObject({ is: 'broken', atMs: 9 })
  })

  test('is broken when the kubelet begins to kill, though the container takes its time to end', () => {
    const involvedObject = { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'web-1' }
    const event = (atMs: number, reason: string, type?: 'LISTED') => {
      const metadata = { name: `${reason}-${atMs}`, uid: `${reason}-${atMs}` }
      const fieldPath = 'spec.containers{app}'
      const object = { metadata, involvedObject: { ...involvedObject, fieldPath }, reason }
      return watched('Event', atMs, object as never, type ?? 'ADDED')
    }
    const up = seen(1, { containers: { app: running('id1') } })
    const end = seen(40, { containers: { app: running('id2', 1, ended('id1', 0)) } })
    const judge = (...more: Observation[]) =>
      judgeUp({ faults: [] }, () => ['web-1'])(timelineOf(up, ...more), 5)
    expect(judge(event(10, 'Killing'), end)).toMatchObject({
      ...{ is: 'broken', atMs: 10 },
      detail: 'the kubelet began to kill spec.containers{app} of web-1',
    })
    expect(judge(event(4, 'Killing'), event(9, 'Unhealthy')).is).toBe('open')
    expect(judge(event(10, 'Killing', 'LISTED')).is).toBe('open')
  })

  test('of one container is broken by nothing that becomes of another', () => {
    const involvedObject = { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'web-1' }
    const killing = (container: string) => {
      const object = { involvedObject: { ...involvedObject, fieldPath: `spec.containers{${container}}` } }
      const metadata = { name: container, uid: container }
      return watched('Event', 8, { ...object, metadata, reason: 'Killing' } as never)
    }
    const up = seen(1, { containers: { app: running('id1'), proxy: running('id2') } })
    const end = seen(9, { containers: { app: running('id3', 1, ended('id1')), proxy: running('id2') } })
    const judge = (container: string, ...more: Observation[]) =>
      judgeUp({ faults: [] }, () => ['web-1'], container)(timelineOf(up, ...more), 5)
    expect(judge('proxy', killing('app'), end).is).toBe('open')
    expect(judge('app', end)).toMatchObject({ is: 'broken', atMs: 9 })
    expect(judge('proxy', killing('proxy'))).toMatchObject({ is: 'broken', atMs: 8 })
    expect(judge('proxy', seen(9, { grace: 30 })).is).toBe('broken')
  })

  test('is of the pods that there were at the fault: one that was made since may go', async () => {
    const recording = new FakeRecording(
      watched('ReplicaSet', 1, replicated('rs', 2, 2, 'd')),
      ...[seen(2), seen(2, { name: 'old' }), seen(3, { name: 'old' }, 'DELETED')],
      ...[seen(600, { name: 'new' }), seen(700, { name: 'new' }, 'DELETED')],
    )
    recording.passUntil(1_000)
    const stage = fakeStage(recording, fault(500))
    await toStayUp(new Workload(stage, shape, { containers: [] }), {}, 'toStayUp()')
    await ledgerOf(stage).close()
    expect(ledgerOf(stage).entries[0]?.result.message).toContain('Deployment/shop/web: stayed up from 0.50 s')
  })

  test('without a dependency is watched for as long as a liveness probe would take that asks for it', async () => {
    const recording = new FakeRecording(watched('ReplicaSet', 1, replicated('rs', 1, 1, 'd')), seen(2))
    recording.passUntil(1_000)
    const effect: FaultEffect = {
      does: 'lose-dependency',
      deployment: 'db',
      readyTookMs: 1,
      podUids: ['web-1'],
    }
    const livenessProbe = { httpGet: { path: '/', port: 80 }, periodSeconds: 5 }
    const spec = { containers: [{ name: 'app', livenessProbe }] }
    await toStayUp(new Workload(fakeStage(recording, fault(500, effect)), shape, spec), {}, 'toStayUp()')
    expect(recording.now()).toBeGreaterThanOrEqual(500 + 15_000)
  })

  test('of one pod does not rest on the others', async () => {
    const recording = new FakeRecording(
      seen(2),
      seen(2, { name: 'web-2' }),
      seen(600, { name: 'web-2', grace: 0 }),
    )
    recording.passUntil(1_000)
    const stage = fakeStage(recording, fault(500))
    const workload = new Workload(stage, shape, { containers: [] })
    await toStayUp(new Pod(workload, { metadata: { name: 'web-1', uid: 'web-1' } }), {}, 'toStayUp()')
    await ledgerOf(stage).close()
    expect(ledgerOf(stage).entries[0]?.result.verdict).toBe('passed')
  })
})

test('a prediction knows how often the container had been restarted before the fault, and not since', () => {
  const recording = new FakeRecording(
    seen(1, { containers: { app: running('id1', 2), side: running('s1', 7) } }),
    seen(900, { containers: { app: running('id2', 3, ended('id1')), side: running('s1', 7) } }),
  )
  recording.passUntil(1_000)
  const signal: FaultEffect = { does: 'signal', podUid: 'web-1', container: 'app', signal: 'SIGKILL' }
  const stage = fakeStage(recording)
  const spec = { containers: [] }
  const common = { effect: signal, pod: spec, readyTookMs: 0, reverted: false }
  expect(situationOf(stage, spec, fault(500, signal))).toEqual({
    ...common,
    restartsBefore: 2,
    container: 'app',
  })
  expect(situationOf(stage, spec, fault(500, signal), 'side')).toMatchObject({ restartsBefore: 7 })
  expect(situationOf(stage, spec, fault(500))).toEqual({ ...common, effect, restartsBefore: 7 })
  expect(situationOf(stage, spec, fault(950, signal)).restartsBefore).toBe(3)
})

test('a prediction knows how many nodes are lost at once, of those that were not back before', () => {
  const lost = (node: string, atMs: number, revertedAtMs?: number) => ({
    ...fault(atMs, { does: 'lose-node', node, how: 'stopped', podUids: ['web-1'] }),
    revertedAtMs,
  })
  const back = lost('n1', 100, 400)
  const open = lost('n2', 200)
  const again = lost('n1', 500, 900)
  const stage = fakeStage(new FakeRecording(), back, open, again)
  const lostWith = (of: FaultRecord) => situationOf(stage, { containers: [] }, of).nodesLost
  expect([back, open, again].map(lostWith)).toEqual([2, 2, 2])
  expect(lostWith(fault(300))).toBeUndefined()
})
