import { expect, test } from 'vitest'
import type { KubeObject } from '../../kube.ts'
import { startControllers } from './index.ts'
import { addNode, templateOf, testWorld } from './testing.ts'

const ownedBy = (...owners: KubeObject[]) =>
  owners.map(({ apiVersion = '', kind = '', metadata }) => ({
    ...{ apiVersion, kind, name: metadata?.name ?? '', uid: metadata?.uid ?? '' },
  }))

function start() {
  const world = testWorld()
  startControllers(world)
  addNode(world, 'n1', { endsAfterMs: 2_000 })
  const config = (name: string) => world.store.create('ConfigMap', { metadata: { name, namespace: 'shop' } })
  return { world, one: config('one'), other: config('other') }
}

test('a pod goes with its owner, with its grace period', () => {
  const { world, one } = start()
  const metadata = { name: 'web', namespace: 'shop', ownerReferences: ownedBy(one) }
  const { spec } = templateOf('one')
  world.store.create('Pod', { metadata, spec: { ...spec, nodeName: 'n1' }, status: { phase: 'Running' } })
  world.clock.advance(1_000)
  world.store.remove('ConfigMap', 'one', 'shop')
  world.clock.advance(100)
  expect(world.store.get('Pod', 'web', 'shop')?.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 })
  world.clock.advance(2_000)
  expect(world.store.get('Pod', 'web', 'shop')).toBeUndefined()
})

test('what has another owner left stays with that one', () => {
  const { world, one, other } = start()
  const metadata = { name: 'both', namespace: 'shop', ownerReferences: ownedBy(one, other) }
  world.store.create('Secret', { metadata })
  world.store.remove('ConfigMap', 'one', 'shop')
  world.clock.advance(100)
  expect(world.store.get('Secret', 'both', 'shop')?.metadata?.ownerReferences).toEqual(ownedBy(other))
  world.store.remove('ConfigMap', 'other', 'shop')
  world.clock.advance(100)
  expect(world.store.get('Secret', 'both', 'shop')).toBeUndefined()
})

test('what comes after its owner has gone goes too, also where another has the name by now', () => {
  const { world, one } = start()
  world.store.remove('ConfigMap', 'one', 'shop')
  world.store.create('ConfigMap', { metadata: { name: 'one', namespace: 'shop' } })
  world.store.create('Secret', {
    metadata: { name: 'late', namespace: 'shop', ownerReferences: ownedBy(one) },
  })
  world.clock.advance(100)
  expect(world.store.get('Secret', 'late', 'shop')).toBeUndefined()
})

test('an owner of a kind that the model has not is taken to be there', () => {
  const { world } = start()
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'proxy', uid: 'x' } }
  world.store.create('Secret', {
    metadata: { name: 'kept', namespace: 'shop', ownerReferences: ownedBy(owner) },
  })
  world.clock.advance(100)
  expect(world.store.get('Secret', 'kept', 'shop')).toBeDefined()
})
