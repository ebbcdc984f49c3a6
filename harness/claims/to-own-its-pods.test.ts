import { expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { pod, replicaSet, timelineOf, watched } from '../timeline/testing.ts'
import { judgeOwned } from './to-own-its-pods.ts'

const shape = {
  ...{ name: 'web', namespace: 'shop', services: [] },
  roots: [{ kind: 'Deployment', name: 'web', uid: 'd', replicas: 1 }],
}

/** A pod of the ReplicaSet of that name, with the hash of its template. */
function seen(atMs: number, name: string, set = 'web-abc', hash = 'abc', isOwned = true, type?: 'DELETED') {
  const made = pod({ name, labels: { 'pod-template-hash': hash } })
  const owner = { kind: 'ReplicaSet', name: set, uid: set, controller: true }
  const metadata = { ...made.metadata, ownerReferences: isOwned ? [owner] : [] }
  return watched('Pod', atMs, { ...made, metadata }, type)
}

const sets = [
  watched('ReplicaSet', 1, replicaSet('web-abc', 1, 1)),
  watched('ReplicaSet', 1, replicaSet('old', 0)),
]
const judge = (...observations: Observation[]) =>
  judgeOwned(shape, 'd')(timelineOf(...sets, ...observations), 5)

test('pods that are named after their ReplicaSet, and owned by it, are as they should be', () => {
  expect(judge(seen(1, 'web-abc-x2z4q'), seen(9, 'web-abc-bbbbb'))).toEqual({
    ...{ is: 'open', lastSeen: 'each of 2 pods was named after ReplicaSet web-abc and owned by it' },
  })
})

test.each(['web-abc-x2z4', 'web-abc-x2z4qq', 'web-abc-x2z4a', 'web-abcx2z4q', 'web-abd-x2z4q'])(
  '%s is not named so',
  (name) => {
    expect(judge(seen(9, name))).toEqual({
      ...{
        is: 'broken',
        atMs: 9,
        detail: `pod ${name} is not named after its ReplicaSet web-abc and five letters`,
      },
    })
  },
)

test('a long name is cut short before its five letters', () => {
  const set = `web-${'a'.repeat(60)}`
  const known = watched('ReplicaSet', 1, replicaSet(set, 2, 1))
  const hash = 'a'.repeat(60)
  expect(judge(known, seen(9, `${set.slice(0, 58)}x2z4q`, set, hash)).is).toBe('open')
  expect(judge(known, seen(9, `${set}-x2z4q`, set, hash)).is).toBe('broken')
})

test('a ReplicaSet is named after its Deployment and the hash that its pods bear', () => {
  expect(judge(seen(9, 'old-x2z4q', 'old'))).toEqual({
    is: 'broken',
    atMs: 9,
    detail: 'ReplicaSet old of pod old-x2z4q is not named web and its pod-template-hash, abc',
  })
})

test('one that is let go is owned no more, and others` pods do not count', () => {
  const orphaned = seen(10, 'web-abc-x2z4q', 'web-abc', 'abc', false)
  expect(judge(seen(1, 'web-abc-x2z4q'), orphaned)).toEqual({
    ...{ is: 'broken', atMs: 10, detail: 'ReplicaSet web-abc let web-abc-x2z4q go' },
  })
  expect(judge(seen(1, 'web-abc-x2z4q'), seen(9, 'shop-1', 'other')).is).toBe('open')
  const before = [seen(1, 'web-abc-bbbbb'), seen(2, 'web-abc-bbbbb', 'web-abc', 'abc', false)]
  expect(judge(...before, seen(9, 'web-abc-x2z4q')).is).toBe('open')
})

test('nothing is told of what went before the fault, nor where there was no pod at all', () => {
  const gone = [seen(1, 'odd'), seen(3, 'odd', 'web-abc', 'abc', true, 'DELETED')]
  expect(judge(...gone, seen(9, 'web-abc-x2z4q')).is).toBe('open')
  expect(judge(...gone).is).toBe('unjudgeable')
})
