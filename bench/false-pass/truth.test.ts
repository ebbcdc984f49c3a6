import { expect, test } from 'vitest'
import type { Observation } from '../../harness/model/observation.ts'
import { ended, pod, replicated, running, timelineOf, watched } from '../../harness/timeline/testing.ts'
import { truthOf } from './truth.ts'

const shape = {
  ...{ name: 'web', namespace: 'shop', services: [] },
  roots: [{ kind: 'Deployment', name: 'web', uid: 'd', replicas: 2 }],
}
const steady: Observation[] = [
  { source: 'workload', atMs: 1, workload: shape },
  watched('Deployment', 2, replicated('d', 2)),
  watched('ReplicaSet', 2, replicated('rs', 2, 2, 'd')),
  watched('Pod', 3, pod({ name: 'web-1' })),
  watched('Pod', 3, pod({ name: 'web-2' })),
]
const injectedAtMs = 10
const truth = (...coming: Observation[]) =>
  truthOf(timelineOf(...steady, ...coming), shape, 'web-1', injectedAtMs)
const deployment = (atMs: number, up: number) => watched('Deployment', atMs, replicated('d', 2, up))

const deleted = watched('Pod', 20, pod({ name: 'web-1', grace: 30 }))
const another = (atMs: number, ready: boolean, name = 'web-3') => watched('Pod', atMs, pod({ name, ready }))

test('before the damage nothing is known', () => {
  expect(truth()).toBeUndefined()
})

test('a deleted pod: the damage at its deletionTimestamp, the recovery when the other is ready', () => {
  const coming = [deleted, another(25, false), deployment(26, 1)]
  expect(truth(...coming)).toBeUndefined()
  expect(truth(...coming, another(60, true), deployment(61, 2))).toEqual({
    ...{ damagedMs: 20, recoveredMs: 60, replacedMs: 60 },
  })
})

test('the recovery is not told before the Deployment itself tells of it', () => {
  expect(truth(deleted, another(25, false), deployment(26, 1), another(60, true))).toBeUndefined()
})

test('a killed container: replaced is nobody, and it runs again before it is ready', () => {
  const down = { app: { restartCount: 0, state: ended('web-1-id1') } }
  const again = { app: running('id2', 1, ended('web-1-id1')) }
  expect(
    truth(
      watched('Pod', 20, pod({ name: 'web-1', ready: false, containers: down })),
      watched('Pod', 40, pod({ name: 'web-1', ready: false, containers: again })),
      watched('Pod', 70, pod({ name: 'web-1', containers: again })),
    ),
  ).toEqual({ damagedMs: 20, recoveredMs: 70, restartedMs: 40 })
})

test('a lost node: with the last replica, not with the first', () => {
  const failed = (name: string) => watched('Pod', 20, pod({ name, phase: 'Failed' }))
  const gone = (name: string) => watched('Pod', 21, pod({ name, phase: 'Failed' }), 'DELETED')
  const lost = [failed('web-1'), gone('web-1'), failed('web-2'), gone('web-2'), deployment(22, 0)]
  const first = [another(25, false), another(60, true)]
  expect(truth(...lost, ...first)).toBeUndefined()
  const second = [another(26, false, 'web-4'), another(90, true, 'web-4'), deployment(91, 2)]
  expect(truth(...lost, ...first, ...second)).toEqual({ damagedMs: 20, recoveredMs: 90, replacedMs: 60 })
})

test('a pod that fails while it says that it is ready is not counted', () => {
  const failed = watched('Pod', 20, pod({ name: 'web-1', phase: 'Failed', ready: true }))
  expect(truth(failed, another(25, false), another(60, true))).toEqual({
    ...{ damagedMs: 20, recoveredMs: 60, replacedMs: 60 },
  })
})

test('that the workload is steady is not believed without as many ready pods', () => {
  const wanting = { ...shape, roots: shape.roots.map((root) => ({ ...root, replicas: 3 })) }
  const timeline = timelineOf(...steady, deleted, another(25, false), another(60, true))
  expect(truthOf(timeline, shape, 'web-1', injectedAtMs)).toBeDefined()
  expect(truthOf(timeline, wanting, 'web-1', injectedAtMs)).toBeUndefined()
})
