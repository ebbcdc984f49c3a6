import { expect, test } from 'vitest'
import { newSetSince, revisionAt } from './revisions.ts'
import { replicaSet, timelineOf, watched } from './testing.ts'

const [v1, v2] = [replicaSet('v1', 1), replicaSet('v2', 2)]
const back = replicaSet('v1', 3)

test('a Deployment has the revision of its newest ReplicaSet, and none before its first', () => {
  const timeline = timelineOf(watched('ReplicaSet', 5, v1), watched('ReplicaSet', 10, v2))
  expect([4, 5, 9, 10].map((atMs) => revisionAt(timeline, 'd', atMs))).toEqual([0, 1, 1, 2])
  expect(revisionAt(timeline, 'another', 10)).toBe(0)
})

test('a change of the template is known by the first revision after it, whatever follows', () => {
  const seen = [watched('ReplicaSet', 5, v1), watched('ReplicaSet', 10, v2), watched('ReplicaSet', 20, back)]
  expect(newSetSince(timelineOf(...seen.slice(0, 1)), 'd', 6)).toBeUndefined()
  const timeline = timelineOf(...seen)
  expect(newSetSince(timeline, 'd', 6)).toEqual({ uid: 'v2', name: 'v2', revision: 2, fromMs: 10 })
  expect(newSetSince(timeline, 'd', 15)).toEqual({ uid: 'v1', name: 'v1', revision: 3, fromMs: 20 })
  expect(newSetSince(timeline, 'another', 6)).toBeUndefined()
})
