import { expect, test, vi } from 'vitest'
import { KubeError } from '../../kube-error.ts'
import { conditionOf } from './conditions.ts'
import { startControllers } from './index.ts'
import { addDeployment, addNode, testWorld, toldOf } from './testing.ts'

test('a quota counts what is there, and what has ended only as an object', () => {
  const world = testWorld()
  startControllers(world)
  addNode(world, 'n1')
  const hard = { pods: '5', 'count/pods': '9', services: '2' }
  world.store.create('ResourceQuota', { metadata: { name: 'small', namespace: 'shop' }, spec: { hard } })
  addDeployment(world, { replicas: 3 })
  world.clock.advance(3_000)
  const status = () => world.store.get('ResourceQuota', 'small', 'shop')?.status
  expect(status()).toEqual({ hard, used: { pods: '3', 'count/pods': '3', services: '0' } })
  const [pod] = world.store.list('Pod', 'shop')
  if (pod) world.store.update('Pod', { ...pod, status: { ...pod.status, phase: 'Failed' } })
  world.clock.advance(3_000)
  expect(status()).toEqual({ hard, used: { pods: '3', 'count/pods': '4', services: '0' } })
})

test('a ReplicaSet that may not have more pods says so, and tries again more and more seldom', () => {
  const world = testWorld()
  const { store, clock } = world
  startControllers(world)
  addNode(world, 'n1')
  const create = store.create.bind(store)
  const refusedAt: number[] = []
  let most = 2
  vi.spyOn(store, 'create').mockImplementation((kind, object) => {
    if (kind !== 'Pod' || store.list('Pod').length < most) return create(kind, object)
    refusedAt.push(clock.now())
    throw new KubeError('v1/Pod/shop/web', 403, 'Forbidden', 'exceeded quota: small')
  })
  addDeployment(world, { replicas: 4 })
  clock.advance(60_000)
  const set = () => store.list('ReplicaSet', 'shop')[0]
  expect(set()?.status).toMatchObject({ replicas: 2, readyReplicas: 2 })
  const failure = { status: 'True', reason: 'FailedCreate' }
  const deployment = store.get('Deployment', 'web', 'shop')
  for (const { status } of [set(), deployment].filter((found) => found !== undefined)) {
    expect(conditionOf<{ type: string; status: string }>(status?.conditions, 'ReplicaFailure')).toMatchObject(
      failure,
    )
  }
  expect(toldOf(world, 'FailedCreate')).toEqual([expect.stringContaining('exceeded quota: small')])
  // 5 ms, twice as much each time: thirteen or so in a minute.
  expect(refusedAt.length).toBeLessThan(25)
  const gaps = refusedAt.slice(-3).map((atMs, at, all) => atMs - (all[at - 1] ?? atMs))
  expect(gaps[2]).toBeCloseTo((gaps[1] ?? 0) * 2, -1)
  most = 9
  clock.advance(60_000)
  expect(set()?.status).toMatchObject({ replicas: 4, readyReplicas: 4 })
  expect(conditionOf(set()?.status?.conditions, 'ReplicaFailure')).toBeUndefined()
})
