import { expect, test } from 'vitest'
import { deletePod } from '../deletion.ts'
import type { World } from '../world.ts'
import { startControllers } from './index.ts'
import { isActive, isReady } from './pod-state.ts'
import { addNode, setReady, templateOf, testWorld, toldOf } from './testing.ts'

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true }
const podsOf = (world: World) => world.store.list('Pod', 'shop')
const named = (world: World, name: string) => world.store.get('Pod', name, 'shop')

function replicaSet(world: World, replicas: number, more: object = {}) {
  return world.store.create('ReplicaSet', {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: templateOf('one'), ...more },
    status: { replicas: 0 },
  })
}

function scale(world: World, replicas: number): void {
  const set = world.store.get('ReplicaSet', 'web', 'shop')
  if (set?.spec) world.store.update('ReplicaSet', { ...set, spec: { ...set.spec, replicas } })
}

test('one of five is deleted, and replaced before it is gone', () => {
  const world = testWorld()
  startControllers(world)
  addNode(world, 'n1', { endsAfterMs: 5_000 })
  const set = replicaSet(world, 5)
  world.clock.advance(3_000)
  expect(podsOf(world).filter(isReady)).toHaveLength(5)
  expect(podsOf(world)[0]?.metadata).toMatchObject({
    generateName: 'web-',
    labels: { app: 'web' },
    ownerReferences: [{ ...owner, name: 'web', uid: set.metadata?.uid, blockOwnerDeletion: true }],
  })
  deletePod(world.store, podsOf(world)[2]?.metadata?.name ?? '', 'shop')
  world.clock.advance(100)
  expect(podsOf(world)).toHaveLength(6)
  expect(podsOf(world).filter(isActive)).toHaveLength(5)
  expect(world.store.get('ReplicaSet', 'web', 'shop')?.status).toEqual({
    ...{ replicas: 5, fullyLabeledReplicas: 5, readyReplicas: 4, availableReplicas: 4 },
    observedGeneration: 1,
  })
  world.clock.advance(5_000)
  expect(podsOf(world)).toHaveLength(5)
  expect(toldOf(world, 'SuccessfulCreate')).toHaveLength(6)
})

test('a pod that has ended is replaced, and stays', () => {
  const world = testWorld()
  startControllers(world)
  addNode(world, 'n1')
  replicaSet(world, 1)
  world.clock.advance(3_000)
  const [pod] = podsOf(world)
  if (pod) world.store.update('Pod', { ...pod, status: { ...pod.status, phase: 'Failed' } })
  world.clock.advance(3_000)
  expect(podsOf(world).map(({ status }) => status?.phase)).toEqual(['Failed', 'Running'])
})

test('of too many, those go first that are of the least use', () => {
  const world = testWorld()
  startControllers(world)
  addNode(world, 'n1')
  addNode(world, 'n2')
  replicaSet(world, 5)
  world.clock.advance(3_000)
  const [, second, third] = podsOf(world)
  if (second) setReady(world, second, false)
  if (third) world.store.update('Pod', { ...third, status: { ...third.status, phase: 'Pending' } })
  scale(world, 4)
  world.clock.advance(1_000)
  expect(named(world, third?.metadata?.name ?? '')).toBeUndefined()
  expect(named(world, second?.metadata?.name ?? '')).toBeDefined()
  scale(world, 3)
  world.clock.advance(1_000)
  expect(named(world, second?.metadata?.name ?? '')).toBeUndefined()
  // Of those that are alike, one of the node on which there are more.
  scale(world, 2)
  world.clock.advance(1_000)
  expect(new Set(podsOf(world).map(({ spec }) => spec?.nodeName)).size).toBe(2)
  expect(toldOf(world, 'SuccessfulDelete')).toHaveLength(3)
})

test('pods come and go with their labels', () => {
  const world = testWorld()
  startControllers(world)
  addNode(world, 'n1')
  const metadata = { name: 'stray', namespace: 'shop', labels: { app: 'web' } }
  world.store.create('Pod', { metadata, spec: templateOf('one').spec, status: { phase: 'Pending' } })
  const set = replicaSet(world, 2)
  world.clock.advance(3_000)
  expect(podsOf(world)).toHaveLength(2)
  const stray = named(world, 'stray')
  expect(stray?.metadata?.ownerReferences).toMatchObject([{ ...owner, uid: set.metadata?.uid }])
  if (stray)
    world.store.update('Pod', { ...stray, metadata: { ...stray.metadata, labels: { app: 'other' } } })
  world.clock.advance(3_000)
  expect(named(world, 'stray')?.metadata).not.toHaveProperty('ownerReferences')
  expect(podsOf(world)).toHaveLength(3)
})

test('a pod is available once it has been ready for minReadySeconds', () => {
  const world = testWorld()
  startControllers(world)
  addNode(world, 'n1')
  replicaSet(world, 1, { minReadySeconds: 10 })
  const status = () => world.store.get('ReplicaSet', 'web', 'shop')?.status
  world.clock.advance(10_500)
  expect(status()).toMatchObject({ readyReplicas: 1 })
  expect(status()).not.toHaveProperty('availableReplicas')
  world.clock.advance(1_600)
  expect(status()).toMatchObject({ readyReplicas: 1, availableReplicas: 1 })
})
