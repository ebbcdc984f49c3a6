import { expect, test } from 'vitest'
import { conditionOf } from './controllers/conditions.ts'
import { startControllers } from './controllers/index.ts'
import {
  addDeployment,
  addNode,
  changeDeployment,
  templateOf,
  testWorld,
  toldOf,
} from './controllers/testing.ts'
import type { World } from './world.ts'

const controlPlane = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }

function start(workers = 2, seed = 1): World {
  const world = testWorld(seed)
  startControllers(world)
  addNode(world, 'cp', { taints: [controlPlane] })
  for (let at = 1; at <= workers; at++)
    addNode(world, `n${at}`, { labels: { size: at === 1 ? 'small' : 'large' } })
  return world
}

const nodes = (world: World) =>
  world.store
    .list('Pod', 'shop')
    .map(({ spec }) => spec?.nodeName ?? 'none')
    .sort()
const apart = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' },
    ],
  },
}
const deploy = (world: World, replicas: number, spec: Parameters<typeof templateOf>[1]) =>
  addDeployment(world, { replicas, template: templateOf('one', spec) })

test.each([1, 2, 3, 4])('pods are spread over the workers (seed %i)', (seed) => {
  const world = start(2, seed)
  addDeployment(world, { replicas: 4 })
  world.clock.advance(500)
  expect(nodes(world)).toEqual(['n1', 'n1', 'n2', 'n2'])
  const [pod] = world.store.list('Pod', 'shop')
  expect(conditionOf(pod?.status?.conditions, 'PodScheduled')?.status).toBe('True')
  expect(toldOf(world, 'Scheduled')).toContain(
    `Successfully assigned shop/${pod?.metadata?.name} to ${pod?.spec?.nodeName}`,
  )
})

test('a pod with a selector waits for a node that has it', () => {
  const world = start()
  deploy(world, 1, { nodeSelector: { disk: 'fast' } })
  world.clock.advance(5_000)
  expect(nodes(world)).toEqual(['none'])
  const [pod] = world.store.list('Pod', 'shop')
  const message =
    "0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."
  expect(conditionOf(pod?.status?.conditions, 'PodScheduled')).toMatchObject({
    ...{ status: 'False', reason: 'Unschedulable', message },
  })
  expect(toldOf(world, 'FailedScheduling')).toEqual([message])
  addNode(world, 'n3', { labels: { disk: 'fast' } })
  world.clock.advance(100)
  expect(nodes(world)).toEqual(['n3'])
})

test('pods that keep apart take a node each, and the one too many waits for a place', () => {
  const world = start()
  deploy(world, 3, { affinity: apart })
  world.clock.advance(5_000)
  expect(nodes(world)).toEqual(['n1', 'n2', 'none'])
  expect(toldOf(world, 'FailedScheduling')[0]).toContain("2 node(s) didn't match pod anti-affinity rules")
  const bound = world.store.list('Pod', 'shop').find(({ spec }) => spec?.nodeName === 'n1')
  world.store.remove('Pod', bound?.metadata?.name ?? '', 'shop')
  world.clock.advance(10_000)
  expect(nodes(world)).toEqual(['n1', 'n2', 'none'])
})

test('a pod that others keep away has to wait too', () => {
  const world = start()
  deploy(world, 2, { affinity: apart })
  world.clock.advance(2_000)
  world.store.create('Pod', {
    metadata: { name: 'stray', namespace: 'shop', labels: { app: 'web' } },
    spec: { containers: [] },
    status: { phase: 'Pending' },
  })
  world.clock.advance(100)
  expect(world.store.get('Pod', 'stray', 'shop')?.spec).not.toHaveProperty('nodeName')
  expect(toldOf(world, 'FailedScheduling')[0]).toContain(
    "2 node(s) didn't satisfy existing pods anti-affinity rules",
  )
  changeDeployment(world, { replicas: 0 })
  world.clock.advance(3_000)
  expect(nodes(world)).toEqual([expect.stringMatching(/^n\d$/)])
})

test.each([
  ['In', ['small'], ['n1']],
  ['NotIn', ['small'], ['n2']],
  ['Exists', undefined, ['n1', 'n2']],
  ['DoesNotExist', undefined, ['none', 'none']],
])('required node affinity: size %s %j', (operator, values, where) => {
  const world = start()
  const matchExpressions = [{ key: 'size', operator, ...(values && { values }) }]
  const nodeSelectorTerms = [{ matchExpressions }]
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } }
  deploy(world, 2, { affinity })
  world.clock.advance(3_000)
  expect([...new Set(nodes(world))]).toEqual([...new Set(where)])
})

test('a preferred node comes before an even spread', () => {
  const world = start()
  const preference = { matchExpressions: [{ key: 'size', operator: 'In', values: ['large'] }] }
  const affinity = {
    nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, preference }] },
  }
  deploy(world, 3, { affinity })
  world.clock.advance(3_000)
  expect(nodes(world)).toEqual(['n2', 'n2', 'n2'])
})

test('who tolerates its taint may run on the control plane', () => {
  const world = start(0)
  deploy(world, 1, { tolerations: [{ key: controlPlane.key, operator: 'Exists' }] })
  world.clock.advance(500)
  expect(nodes(world)).toEqual(['cp'])
})

test('a node that is cordoned, or full, takes no more', () => {
  const world = start()
  const cordoned = world.store.get('Node', 'n1')
  if (cordoned) world.store.update('Node', { ...cordoned, spec: { unschedulable: true } })
  addDeployment(world, { replicas: 111 })
  world.clock.advance(20_000)
  expect(nodes(world).filter((node) => node === 'n2')).toHaveLength(110)
  expect(toldOf(world, 'FailedScheduling')[0]).toMatch(/1 Too many pods, .*1 node\(s\) were unschedulable/)
})

test('without a node there is nothing to be had', () => {
  const world = testWorld()
  startControllers(world)
  addDeployment(world, { replicas: 1 })
  world.clock.advance(1_000)
  expect(toldOf(world, 'FailedScheduling')).toEqual(['no nodes available to schedule pods'])
})
