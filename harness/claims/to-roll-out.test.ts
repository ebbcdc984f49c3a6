import { describe, expect, test } from 'vitest'
import type { FaultRecord } from '../model/fault.ts'
import type { Observation, WorkloadObservation } from '../model/observation.ts'
import {
  FakeRecording,
  fakeStage,
  pod,
  replicaSet,
  replicated,
  slice,
  timelineOf,
  watched,
} from '../timeline/testing.ts'
import { Workload } from '../workload/workload.ts'
import { workloadSituation } from './situation.ts'
import { judgeRolledOut } from './to-roll-out.ts'
import { judgeStalled } from './to-stall-roll-out.ts'

const root = { kind: 'Deployment', name: 'web', uid: 'd', replicas: 2 }
const services = [{ name: 'web', selector: { app: 'web' } }]
const shape = { name: 'web', namespace: 'shop', roots: [root], services }
const workload: WorkloadObservation = { source: 'workload', atMs: 0, workload: shape }

const of = (atMs: number, name: string, owner: string, parts = {}) =>
  watched('Pod', atMs, pod({ name, owner, ...parts }))
const listed = (atMs: number, ...names: string[]) =>
  watched(
    'EndpointSlice',
    atMs,
    slice(
      's',
      names.map((name) => ({ of: name })),
    ),
  )
const gone = (atMs: number, name: string, owner: string) =>
  watched('Pod', atMs, pod({ name, owner, grace: 0 }), 'DELETED')
const says = (atMs: number, status: string, reason: string) => {
  const { status: counts, ...rest } = replicated('d', 2)
  const conditions = [{ type: 'Progressing', status, reason }]
  return watched('Deployment', atMs, { ...rest, status: { ...(counts as object), conditions } })
}

/** Two pods of v1, ready and listed; at 10 ms the fault. */
const before: Observation[] = [
  ...[
    workload,
    watched('Deployment', 1, replicated('d', 2)),
    watched('ReplicaSet', 1, replicaSet('v1', 1, 2)),
  ],
  ...[of(2, 'a1', 'v1'), of(2, 'a2', 'v1'), listed(3, 'a1', 'a2')],
]
const made = watched('ReplicaSet', 12, replicaSet('v2', 2, 2), 'ADDED')
const fresh = [of(20, 'b1', 'v2'), of(21, 'b2', 'v2')]
const judged = (...seen: Observation[]) => judgeRolledOut(shape, 'd')(timelineOf(...before, ...seen), 10)
const stalled = (least: number, ...seen: Observation[]) =>
  judgeStalled(shape, 'd', least)(timelineOf(...before, ...seen), 10)

describe('a roll-out is through', () => {
  const through = [made, ...fresh, gone(30, 'a1', 'v1'), gone(31, 'a2', 'v1'), listed(40, 'b1', 'b2')]

  test('once every pod is of the new ReplicaSet, ready and listed', () => {
    for (let n = 0; n < through.length; n++) expect(judged(...through.slice(0, n)).is).toBe('open')
    expect(judged(...through)).toEqual({
      ...{ is: 'held', atMs: 40, detail: 'every pod was a ready one of ReplicaSet v2' },
    })
  })

  test('though old pods still stop, but not while one of them is a ready endpoint', () => {
    const stops = [made, ...fresh, of(30, 'a1', 'v1', { grace: 30 }), of(31, 'a2', 'v1', { grace: 30 })]
    expect(judged(...stops, listed(40, 'a2', 'b1', 'b2')).is).toBe('open')
    expect(judged(...stops, listed(40, 'a2', 'b1', 'b2'), listed(50, 'b1', 'b2'))).toMatchObject({ atMs: 50 })
  })

  test('not where the pods are the old ones, steady as they are', () => {
    expect(judged()).toEqual({ is: 'open', lastSeen: 'it had made no ReplicaSet of the new template' })
    expect(judged(made)).toEqual({
      is: 'open',
      lastSeen: '0 pods of ReplicaSet v2 were ready, and 2 older ones were there',
    })
  })

  test('not by old pods of a workload without a Service', () => {
    const alone = { ...shape, services: [] }
    const pods = before.filter((seen) => seen.source === 'watch' && seen.kind !== 'EndpointSlice')
    const seen = [{ ...workload, workload: alone }, ...pods, made]
    expect(judgeRolledOut(alone, 'd')(timelineOf(...seen), 10).is).toBe('open')
  })

  test('not where a new pod is not ready, and it says why', () => {
    const stuck = judged(made, of(20, 'b1', 'v2', { ready: false, phase: 'Pending' }))
    expect(stuck).toMatchObject({
      lastSeen:
        '0 pods of ReplicaSet v2 were ready, and 2 older ones were there; b1 is not ready, phase Pending',
    })
  })

  test('by its own ReplicaSet, whatever is rolled out after it', () => {
    const back = watched('ReplicaSet', 60, replicaSet('v1', 3, 2))
    const timeline = timelineOf(...before, ...through, back)
    expect(judgeRolledOut(shape, 'd')(timeline, 10)).toMatchObject({ is: 'held', atMs: 40 })
    expect(judgeRolledOut(shape, 'd')(timeline, 50).is).toBe('open')
  })
})

describe('a roll-out stalls', () => {
  const stuck = of(20, 'b1', 'v2', { ready: false, phase: 'Pending' })
  const told = says(90, 'False', 'ProgressDeadlineExceeded')

  test('when its Deployment tells so, while enough pods are ready', () => {
    expect(stalled(2, made, stuck).is).toBe('open')
    expect(stalled(2, made, stuck, says(80, 'True', 'ReplicaSetUpdated')).is).toBe('open')
    expect(stalled(2, made, stuck, says(80, 'False', 'SomethingElse')).is).toBe('open')
    expect(stalled(2, made, stuck, told)).toEqual({
      ...{ is: 'held', atMs: 90 },
      detail: 'told that ReplicaSet v2 made no progress: b1 is not ready, phase Pending; 2 pods ready',
    })
  })

  test('not by a condition from before it', () => {
    const earlier = [says(5, 'False', 'ProgressDeadlineExceeded')]
    expect(stalled(2, ...earlier, made, stuck).is).toBe('open')
  })

  test('not where too few pods were ready meanwhile; what comes after is not its promise', () => {
    const down = of(50, 'a1', 'v1', { ready: false })
    expect(stalled(2, made, stuck, down, told)).toEqual({
      ...{ is: 'broken', atMs: 50, detail: 'there were only 1 ready pods' },
    })
    expect(stalled(1, made, stuck, down, told).is).toBe('held')
    expect(stalled(2, made, stuck, told, of(95, 'a1', 'v1', { ready: false })).is).toBe('held')
  })

  test('not where its new pods are ready, whatever it tells', () => {
    expect(stalled(2, made, ...fresh, told)).toMatchObject({ is: 'open' })
  })

  test('not where it goes through', () => {
    const through = [...fresh, gone(30, 'a1', 'v1'), gone(31, 'a2', 'v1'), listed(40, 'b1', 'b2')]
    expect(stalled(0, made, ...through)).toEqual({ is: 'broken', atMs: 40, detail: 'it was rolled out' })
  })

  test('not before there is anything to roll out', () => {
    expect(stalled(2, told)).toMatchObject({ is: 'open', lastSeen: expect.stringContaining('no ReplicaSet') })
  })
})

describe('what a prediction knows of a roll-out', () => {
  const spec = { replicas: 9, minReadySeconds: 4, template: { spec: { containers: [] } } }
  const deployment = { kind: 'Deployment', metadata: { name: 'web', uid: 'd' }, spec }
  const known = (injectedAtMs: number, ...seen: Observation[]) => {
    const recording = new FakeRecording()
    for (const one of [...before, ...seen]) recording.record(one)
    const stage = fakeStage(recording)
    const app = new Workload(stage, shape, { containers: [{ name: 'old' }] }, [deployment])
    app.changed([])
    const fault: FaultRecord = {
      ...{ number: 0, kind: 'rollBack', target: '', injectedAtMs, receipt: null, revertedAtMs: undefined },
      effect: { does: 'roll-out', deployment: 'd', oldSet: 'v1', podUids: [] },
    }
    return workloadSituation(stage, app, fault).rollOut
  }

  test('its size is the one that the watch told, and the rest is of its spec', () => {
    expect(known(10, made)).toMatchObject({ replicas: 2, minReadySeconds: 4, kept: 0 })
    expect(known(10, made)?.old?.containers[0]?.name).toBe('old')
  })

  test('pods of the template that were there already need not be made, those that stopped must be', () => {
    const back = watched('ReplicaSet', 60, replicaSet('v1', 3, 2))
    expect(known(50, made, back)?.kept).toBe(2)
    expect(known(50, made, of(40, 'a1', 'v1', { grace: 30 }), back)?.kept).toBe(1)
    expect(known(50, made, gone(40, 'a1', 'v1'), of(55, 'a3', 'v1'), back)?.kept).toBe(1)
  })
})
