import { expect, test } from 'vitest'
import { deletePod } from '../deletion.ts'
import type { World } from '../world.ts'
import { startControllers } from './index.ts'
import { addDeployment, addNode, changeDeployment, setReady, testWorld, toldOf } from './testing.ts'

function start(spec: object = {}, seed = 1): World {
  const world = testWorld(seed)
  startControllers(world)
  addNode(world, 'n1', { endsAfterMs: 2_000 })
  world.store.create('Service', {
    metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }], ...spec },
  })
  return world
}

const slices = (world: World) => world.store.list('EndpointSlice', 'shop')
/** As `ready serving`. */
const states = (world: World) =>
  slices(world).flatMap(({ endpoints }) =>
    (endpoints ?? []).map(({ conditions = {} }) =>
      Object.entries(conditions)
        .filter(([, holds]) => holds)
        .map(([state]) => state)
        .join(' '),
    ),
  )
const firstPod = (world: World) => world.store.list('Pod', 'shop')[0]

test('a Service has its slice before it has pods, and then an endpoint for each', () => {
  const world = start()
  world.clock.advance(50)
  const service = world.store.get('Service', 'web', 'shop')
  expect(slices(world)).toMatchObject([
    {
      addressType: 'IPv4',
      endpoints: [],
      metadata: {
        name: expect.stringMatching(/^web-[a-z0-9]{5}$/),
        labels: {
          app: 'web',
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [{ kind: 'Service', name: 'web', uid: service?.metadata?.uid, controller: true }],
      },
    },
  ])
  const name = slices(world)[0]?.metadata?.name
  addDeployment(world, { replicas: 2 })
  world.clock.advance(3_000)
  expect(states(world)).toEqual(['ready serving', 'ready serving'])
  const [slice] = slices(world)
  expect(slice?.metadata?.name).toBe(name)
  expect(slice?.ports).toEqual([{ name: '', port: 8080, protocol: 'TCP' }])
  const endpoint = slice?.endpoints?.[0]
  const pod = world.store.get('Pod', endpoint?.targetRef?.name ?? '', 'shop')
  expect(endpoint).toMatchObject({
    addresses: [pod?.status?.podIP],
    nodeName: 'n1',
    targetRef: { kind: 'Pod', namespace: 'shop', uid: pod?.metadata?.uid },
  })
})

test('a change that comes while the controller has not seen its own last write is told a second later', () => {
  const waits = Array.from({ length: 60 }, (_, seed) => {
    const world = start({}, seed + 1)
    addDeployment(world, { replicas: 2 })
    world.clock.advance(5_000)
    const [first, second] = world.store.list('Pod', 'shop')
    const readyPods = () => states(world).filter((state) => state.startsWith('ready')).length
    expect(readyPods()).toBe(2)
    if (first) setReady(world, first, false)
    while (readyPods() === 2) world.clock.advance(1)
    if (second) setReady(world, second, false)
    const changedMs = world.clock.now()
    while (readyPods() === 1) world.clock.advance(1)
    return world.clock.now() - changedMs
  })
  const [atOnce, late] = [waits.filter((ms) => ms < 500), waits.filter((ms) => ms >= 500)]
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(26)
  expect(Math.min(...late)).toBeGreaterThanOrEqual(1_000)
  expect(Math.max(...late)).toBeLessThanOrEqual(1_026)
  expect(late.length).toBeGreaterThan(5)
  expect(late.length).toBeLessThan(40)
})

test('a pod leaves in steps: not ready, not serving, gone', () => {
  const world = start()
  addDeployment(world, { replicas: 1 })
  world.clock.advance(3_000)
  const uid = firstPod(world)?.metadata?.uid
  const seen: string[] = []
  world.store.on('EndpointSlice', ({ object }) => {
    const { endpoints = [] } = object as {
      endpoints?: { targetRef?: { uid?: string }; conditions?: object }[]
    }
    const mine = endpoints.find(({ targetRef }) => targetRef?.uid === uid)
    const state = mine ? JSON.stringify(mine.conditions) : 'gone'
    if (seen.at(-1) !== state) seen.push(state)
  })
  deletePod(world.store, firstPod(world)?.metadata?.name ?? '', 'shop')
  const startMs = world.clock.now()
  world.store.on('EndpointSlice', () => expect(world.clock.now() - startMs).toBeGreaterThan(4))
  world.clock.advance(30)
  expect(seen).toEqual(['{"ready":false,"serving":true,"terminating":true}'])
  const pod = firstPod(world)
  if (pod) setReady(world, pod, false)
  world.clock.advance(5_000)
  expect(seen).toEqual([
    '{"ready":false,"serving":true,"terminating":true}',
    '{"ready":false,"serving":false,"terminating":true}',
    'gone',
  ])
})

test('a pod that has ended is no endpoint', () => {
  const world = start()
  addDeployment(world, { replicas: 1 })
  world.clock.advance(3_000)
  const pod = firstPod(world)
  if (pod) world.store.update('Pod', { ...pod, status: { ...pod.status, phase: 'Failed' } })
  world.clock.advance(30)
  expect(states(world)).toEqual([])
})

test('a Service may list pods as ready whether they are or not', () => {
  const world = start({ publishNotReadyAddresses: true })
  addDeployment(world, { replicas: 1 })
  world.clock.advance(3_000)
  const pod = firstPod(world)
  if (pod) setReady(world, pod, false)
  world.clock.advance(30)
  expect(states(world)).toEqual(['ready'])
})

test('a slice holds a hundred endpoints; others that change nothing fill one up, or begin another', () => {
  const world = start()
  addNode(world, 'n2')
  addNode(world, 'n3')
  addDeployment(world, { replicas: 230 })
  world.clock.advance(10_000)
  const sizes = () => slices(world).map(({ endpoints }) => endpoints?.length ?? 0)
  expect(new Set(states(world))).toEqual(new Set(['ready serving']))
  expect(sizes().reduce((sum, size) => sum + size, 0)).toBe(230)
  expect(Math.max(...sizes())).toBeLessThanOrEqual(100)
  const names = slices(world).map(({ metadata }) => metadata?.name)
  changeDeployment(world, { replicas: 231 })
  world.clock.advance(5_000)
  expect(slices(world).map(({ metadata }) => metadata?.name)).toEqual(names)
  changeDeployment(world, { replicas: 0 })
  world.clock.advance(5_000)
  expect(sizes()).toEqual([0])
})

test('pods on a node that is gone are left out of the next sync, and are told of', () => {
  const world = start()
  addNode(world, 'n2')
  addDeployment(world, { replicas: 2 })
  world.clock.advance(3_000)
  world.store.remove('Node', 'n1')
  world.clock.advance(1_000)
  expect(states(world)).toHaveLength(2)
  const other = world.store.list('Pod', 'shop').find(({ spec }) => spec?.nodeName === 'n2')
  if (other) setReady(world, other, false)
  world.clock.advance(3_500)
  expect(states(world)).toEqual([''])
  expect(toldOf(world, 'FailedToUpdateEndpointSlices')).toEqual([
    expect.stringMatching(
      /^Error updating Endpoint Slices for Service shop\/web: skipping Pod web-.*: Node n1 Not Found ×3$/,
    ),
  ])
})

test('they are looked for again a thousand seconds later at the latest, however often they were left out', () => {
  const world = start()
  addNode(world, 'n2')
  addDeployment(world, { replicas: 2 })
  world.clock.advance(3_000)
  world.store.remove('Node', 'n1')
  const other = world.store.list('Pod', 'shop').find(({ spec }) => spec?.nodeName === 'n2')
  for (let times = 0; times < 14; times++) {
    if (other) setReady(world, other, times % 2 === 1)
    world.clock.advance(1_500)
  }
  addNode(world, 'n1')
  expect(states(world)).toHaveLength(1)
  world.clock.advance(1_001_000)
  expect(states(world)).toHaveLength(2)
})

test('the slices go with their Service, and one that was deleted comes again', () => {
  const world = start()
  world.clock.advance(50)
  world.store.remove('EndpointSlice', slices(world)[0]?.metadata?.name ?? '', 'shop')
  world.clock.advance(50)
  expect(slices(world)).toHaveLength(1)
  world.store.remove('Service', 'web', 'shop')
  world.clock.advance(200)
  expect(slices(world)).toEqual([])
})
