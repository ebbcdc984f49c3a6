import { describe, expect, test } from 'vitest'
import type { FaultEffect, FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import { FakeRecording, fakeStage, pod, replicaSet, replicated, watched } from '../timeline/testing.ts'
import { Workload } from '../workload/workload.ts'
import { untilDamaged } from './damage.ts'

const root = { kind: 'Deployment', name: 'web', uid: 'd', replicas: 1 }
const shape = { name: 'web', namespace: 'shop', roots: [root], services: [] }
const of = (atMs: number, name: string, owner: string, parts = {}) =>
  watched('Pod', atMs, pod({ name, owner, ...parts }))
const deleted = (atMs: number, name: string, owner: string) =>
  watched('Pod', atMs, pod({ name, owner, grace: 0 }), 'DELETED')

const rolledOut: FaultEffect = { does: 'roll-out', deployment: 'd', oldSet: 'v1', podUids: [] }
const before: Observation[] = [
  { source: 'workload', atMs: 0, workload: shape },
  watched('Deployment', 0, replicated('d', 1)),
  ...[watched('ReplicaSet', 0, replicaSet('v1', 1, 1)), of(0, 'a', 'v1')],
]
/** The new pod is ready 4 s after the fault, and the old one is told to stop at once. */
const through = [
  watched('ReplicaSet', 1_100, replicaSet('v2', 2, 1)),
  of(2_000, 'b', 'v2', { ready: false }),
  ...[of(5_000, 'b', 'v2'), of(5_100, 'a', 'v1', { grace: 5 })],
]

/** When it is believed that the effect of a fault of 1 s has been seen; by the API, the pods take at most 5 s to stop. */
async function shownAt(seen: Observation[], effect = rolledOut, broken: () => unknown = () => undefined) {
  const recording = new FakeRecording(...before, ...seen)
  recording.passUntil(1_000)
  const stage = fakeStage(recording)
  const spec = { containers: [{ name: 'app' }], terminationGracePeriodSeconds: 5 }
  const fault: FaultRecord = {
    ...{ number: 0, kind: 'rollOut', target: '', effect, injectedAtMs: 1_000, revertedAtMs: undefined },
    receipt: { atMs: 1_000, observedBy: '', evidence: '' },
  }
  await untilDamaged({ stage, workload: new Workload(stage, shape, spec) }, fault, broken)
  return recording.now()
}

describe('a change of a Deployment hurts', () => {
  test('until the last of the pods that had to go is gone, and two seconds more', async () => {
    expect(await shownAt([...through, deleted(9_000, 'a', 'v1')])).toBe(11_000)
  })

  test('as long as one of them is there: for its grace period at most', async () => {
    const endsMs = 5_100 + 5_000 + 2_000 + 2_000 + 1_000 + 250 + 2_000
    expect(await shownAt(through)).toBe(endsMs)
  })

  test('where it never gets through, twice as long as it should take', async () => {
    const takesMs = 250 + 250 + 1_000 + 1_000 + 250 + 250 + 750 + 1_000
    expect(await shownAt(through.slice(0, 2))).toBe(1_000 + 2 * takesMs + 2_000)
  })

  test('not longer than until the promise is broken', async () => {
    expect(await shownAt(through, rolledOut, () => true)).toBe(1_000)
  })

  test('where it is scaled, too', async () => {
    const scaled: FaultEffect = { does: 'scale', deployment: 'd', from: 1, to: 2, podUids: [] }
    const grown = [watched('Deployment', 1_000, replicated('d', 2, 1)), of(3_000, 'c', 'v1')]
    const up = watched('Deployment', 3_500, replicated('d', 2))
    expect(await shownAt([...grown, up], scaled)).toBe(5_500)
  })
})

test('any other damage hurts until two seconds after it was seen', async () => {
  const deletion: FaultEffect = { does: 'delete-pod', podUid: 'a', force: false }
  expect(await shownAt([of(1_500, 'a', 'v1', { grace: 5 })], deletion)).toBe(3_500)
  expect(await shownAt([], deletion)).toBe(6_000)
})
