import { expect, test } from 'vitest'
import type { World } from '../world.ts'
import { conditionOf } from './conditions.ts'
import { startControllers } from './index.ts'
import { isActive } from './pod-state.ts'
import {
  addDeployment,
  addNode,
  type FakeKubelet,
  setReady,
  templateOf,
  testWorld,
  toldOf,
} from './testing.ts'

const seeds = [1, 2, 3, 4, 5, 6, 7, 8]
const seconds = (ms: number | undefined) => (ms ?? Number.NaN) / 1_000
const taintsOf = (world: World, node: string) =>
  (world.store.get('Node', node)?.spec?.taints ?? [])
    .map(({ key, effect }) => `${key.split('/')[1]} ${effect}`)
    .sort()
const podsOn = (world: World, node: string) =>
  world.store.list('Pod', 'shop').filter(({ spec }) => spec?.nodeName === node)

function start(seed: number, nodes: number, tolerationSeconds?: number | 'for ever') {
  const world = testWorld(seed)
  startControllers(world)
  const kubelets = new Map<string, FakeKubelet>()
  for (let at = 1; at <= nodes; at++) kubelets.set(`n${at}`, addNode(world, `n${at}`))
  const selector = { app: 'web' }
  world.store.create('Service', {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { selector, ports: [{ port: 80 }] },
  })
  const tolerations = ['not-ready', 'unreachable'].map((state) => ({
    ...{ key: `node.kubernetes.io/${state}`, operator: 'Exists', effect: 'NoExecute' },
    ...(typeof tolerationSeconds === 'number' && { tolerationSeconds }),
  }))
  const template = templateOf('one', tolerationSeconds === undefined ? {} : { tolerations })
  addDeployment(world, { replicas: nodes, template })
  // Somewhere between two heartbeats.
  world.clock.advance(20_000 + seed * 1_237)
  return { world, kubelets }
}

/** Seconds from now on until this holds after a change of these kinds; NaN where it does not within ten minutes. */
function secondsUntil(world: World, kind: 'Pod' | 'Node' | 'EndpointSlice', holds: () => boolean): number {
  const startMs = world.clock.now()
  let atMs: number | undefined
  const end = world.store.on(kind, () => {
    if (atMs === undefined && holds()) atMs = world.clock.now() - startMs
  })
  for (let minute = 0; minute < 10 && atMs === undefined; minute++) world.clock.advance(60_000)
  end()
  return seconds(atMs)
}

const isEndpointOut = (world: World, uid: string | undefined) => () =>
  world.store
    .list('EndpointSlice', 'shop')
    .every(({ endpoints }) =>
      (endpoints ?? []).every(({ targetRef, conditions }) => targetRef?.uid !== uid || !conditions?.ready),
    )

test.each(seeds)('a silent node loses its endpoints after 40-60 s (seed %i)', (seed) => {
  const { world, kubelets } = start(seed, 3)
  const uid = podsOn(world, 'n1')[0]?.metadata?.uid
  kubelets.get('n1')?.silence()
  const outAfter = secondsUntil(world, 'EndpointSlice', isEndpointOut(world, uid))
  expect(outAfter).toBeGreaterThan(40)
  expect(outAfter).toBeLessThan(60.1)
  expect(conditionOf(world.store.get('Node', 'n1')?.status?.conditions, 'Ready')).toMatchObject({
    ...{ status: 'Unknown', reason: 'NodeStatusUnknown' },
  })
  expect(toldOf(world, 'NodeNotReady').sort()).toEqual([
    'Node is not ready',
    'Node n1 status is now: NodeNotReady',
  ])
})

test.each(seeds)('and its pods after 300 s more (seed %i)', (seed) => {
  const { world, kubelets } = start(seed, 3)
  const pod = podsOn(world, 'n1')[0]
  kubelets.get('n1')?.silence()
  const isDeleted = () =>
    podsOn(world, 'n1').some(({ metadata }) => metadata?.deletionTimestamp !== undefined)
  const deletedAfter = secondsUntil(world, 'Pod', isDeleted)
  expect(deletedAfter).toBeGreaterThan(340)
  expect(deletedAfter).toBeLessThan(360.3)
  world.clock.advance(3_000)
  const left = world.store.get('Pod', pod?.metadata?.name ?? '', 'shop')
  expect(conditionOf(left?.status?.conditions, 'DisruptionTarget')).toMatchObject({
    ...{ status: 'True', reason: 'DeletionByTaintManager' },
  })
  expect(toldOf(world, 'TaintManagerEviction')).toEqual([
    `Marking for deletion Pod shop/${pod?.metadata?.name}`,
  ])
  const told = JSON.stringify(
    world.store.list('Event').find((event) => 'reason' in event && event.reason === 'TaintManagerEviction'),
  )
  expect(told).toContain('"involvedObject":{"apiVersion":"v1","kind":"Pod"')
  expect(told).not.toContain(pod?.metadata?.uid)
  expect(world.store.list('Pod', 'shop').filter(isActive)).toHaveLength(3)
  // Nobody is there to end it.
  world.clock.advance(3_600_000)
  expect(left?.metadata?.uid).toBe(podsOn(world, 'n1')[0]?.metadata?.uid)
})

test('a silent node is tainted to evict as soon as it is found silent, or ten seconds after', () => {
  const waits = Array.from({ length: 60 }, (_, seed) => {
    const { world, kubelets } = start(seed, 3)
    kubelets.get('n1')?.silence()
    let foundMs: number | undefined
    world.store.on('Node', () => {
      if (taintsOf(world, 'n1').length > 0) foundMs ??= world.clock.now()
    })
    const startMs = world.clock.now()
    const taintedAfter = secondsUntil(world, 'Node', () =>
      taintsOf(world, 'n1').includes('unreachable NoExecute'),
    )
    const status = conditionOf(world.store.get('Node', 'n1')?.status?.conditions, 'Ready')?.status
    expect(status).toBe('Unknown')
    return taintedAfter - ((foundMs ?? Number.NaN) - startMs) / 1_000
  })
  const [atOnce, late] = [waits.filter((s) => s < 5), waits.filter((s) => s >= 5)]
  expect(Math.max(...atOnce)).toBeLessThan(0.2)
  expect(Math.min(...late)).toBeGreaterThan(9.9)
  expect(Math.max(...late)).toBeLessThan(10.2)
  expect(late.length).toBeGreaterThan(0)
  expect(late.length).toBeLessThan(15)
})

test('a node that comes back in time keeps its pods', () => {
  const { world, kubelets } = start(1, 3)
  kubelets.get('n1')?.silence()
  world.clock.advance(120_000)
  expect(taintsOf(world, 'n1')).toEqual(['unreachable NoExecute', 'unreachable NoSchedule'])
  kubelets.get('n1')?.speak()
  world.clock.advance(5_100)
  expect(taintsOf(world, 'n1')).toEqual([])
  expect(toldOf(world, 'TaintManagerEviction')).toEqual([expect.stringMatching(/^Cancelling deletion/)])
  world.clock.advance(600_000)
  expect(podsOn(world, 'n1').every(isActive)).toBe(true)
})

test('a pod that tolerates it for ever stays on a node that is lost for ever', () => {
  const { world, kubelets } = start(2, 3, 'for ever')
  const name = podsOn(world, 'n1')[0]?.metadata?.name
  kubelets.get('n1')?.silence()
  world.clock.advance(24 * 3_600_000)
  expect(podsOn(world, 'n1').map(({ metadata }) => metadata?.name)).toEqual([name])
  expect(podsOn(world, 'n1').every(isActive)).toBe(true)
})

test('a node that says itself that it is not ready is tainted so', () => {
  const { world } = start(1, 2, 20)
  const node = world.store.get('Node', 'n1')
  const ready = conditionOf(node?.status?.conditions, 'Ready')
  if (node && ready)
    world.store.update('Node', {
      ...node,
      status: { ...node.status, conditions: [{ ...ready, status: 'False' }] },
    })
  world.clock.advance(30)
  expect(taintsOf(world, 'n1')).toEqual(['not-ready NoSchedule'])
  world.clock.advance(10_000)
  expect(taintsOf(world, 'n1')).toEqual(['not-ready NoExecute', 'not-ready NoSchedule'])
  world.clock.advance(21_000)
  expect(podsOn(world, 'n1').some(isActive)).toBe(false)
})

test('nodes that are lost together are tainted one in ten seconds', () => {
  const { world, kubelets } = start(3, 6)
  const taintedAt: number[] = []
  world.store.on('Node', ({ object, before }) => {
    const has = (node: typeof before) =>
      (node as { spec?: { taints?: { effect: string }[] } } | undefined)?.spec?.taints?.some(
        ({ effect }) => effect === 'NoExecute',
      )
    if (has(object) && !has(before)) taintedAt.push(world.clock.now())
  })
  for (const name of ['n1', 'n2', 'n3']) kubelets.get(name)?.silence()
  world.clock.advance(120_000)
  expect(taintedAt).toHaveLength(3)
  const gaps = taintedAt.slice(1).map((atMs, at) => atMs - (taintedAt[at] ?? 0))
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(10_000)
  for (const gap of gaps) expect(gap).toBeLessThan(10_200)
})

test('where more than half of a small zone is lost, nobody is evicted until it is better', () => {
  const { world, kubelets } = start(4, 5, 10)
  for (const name of ['n1', 'n2', 'n3']) kubelets.get(name)?.silence()
  world.clock.advance(600_000)
  const tainted = ['n1', 'n2', 'n3'].filter((name) => taintsOf(world, name).includes('unreachable NoExecute'))
  expect(tainted).toEqual([])
  kubelets.get('n3')?.speak()
  world.clock.advance(60_000)
  expect(podsOn(world, 'n1').some(isActive)).toBe(false)
})

test('where everything is lost, nobody is evicted', () => {
  const { world, kubelets } = start(5, 2, 10)
  for (const kubelet of kubelets.values()) kubelet.silence()
  world.clock.advance(600_000)
  expect(taintsOf(world, 'n1')).toEqual(['unreachable NoSchedule'])
  expect(world.store.list('Pod', 'shop').every(isActive)).toBe(true)
})

test.each(seeds)('PodGC takes the pods of a deleted node after 40-80 s (seed %i)', (seed) => {
  const { world } = start(seed, 3)
  const pod = podsOn(world, 'n1')[0]
  const seen: string[] = []
  world.store.on('Pod', ({ type, object }) => {
    const { metadata, status } = object as NonNullable<typeof pod>
    if (metadata?.uid !== pod?.metadata?.uid) return
    const reason = conditionOf(status?.conditions, 'DisruptionTarget')?.reason
    seen.push(`${type} ${status?.phase} ${reason} ${conditionOf(status?.conditions, 'Ready')?.status}`)
  })
  world.store.remove('Node', 'n1')
  const goneAfter = secondsUntil(world, 'Pod', () => podsOn(world, 'n1').length === 0)
  expect(goneAfter).toBeGreaterThan(40)
  expect(goneAfter).toBeLessThan(80.1)
  expect(seen).toEqual([
    'MODIFIED Failed DeletionByPodGC True',
    'MODIFIED Failed DeletionByPodGC True',
    'DELETED Failed DeletionByPodGC True',
  ])
  world.clock.advance(5_000)
  expect(world.store.list('Pod', 'shop').filter(isActive)).toHaveLength(3)
})

test.each(seeds)(
  'one that is deleted again soon after its return meets its old quarantine (seed %i)',
  (seed) => {
    const { world } = start(seed, 3)
    const node = world.store.get('Node', 'n1')
    world.store.remove('Node', 'n1')
    secondsUntil(world, 'Pod', () => podsOn(world, 'n1').length === 0)
    if (node) world.store.create('Node', node)
    const pod = world.store.list('Pod', 'shop').find(isActive)
    if (pod) world.store.update('Pod', { ...pod, spec: { containers: [], ...pod.spec, nodeName: 'n1' } })
    world.clock.advance(5_000)
    world.store.remove('Node', 'n1')
    expect(secondsUntil(world, 'Pod', () => podsOn(world, 'n1').length === 0)).toBeLessThan(36)
  },
)

test('a Node that is there again in time keeps its pods', () => {
  const { world } = start(1, 3)
  const uid = podsOn(world, 'n1')[0]?.metadata?.uid
  const node = world.store.get('Node', 'n1')
  world.store.remove('Node', 'n1')
  world.clock.advance(30_000)
  if (node) world.store.create('Node', node)
  world.clock.advance(120_000)
  expect(podsOn(world, 'n1')[0]?.metadata?.uid).toBe(uid)
})

test('PodGC ends what is Terminating on a node that is out of service', () => {
  const { world, kubelets } = start(1, 3)
  kubelets.get('n1')?.silence()
  world.clock.advance(400_000)
  expect(podsOn(world, 'n1')).toHaveLength(1)
  const node = world.store.get('Node', 'n1')
  const taint = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' }
  if (node)
    world.store.update('Node', {
      ...node,
      spec: { ...node.spec, taints: [...(node.spec?.taints ?? []), taint] },
    })
  world.clock.advance(21_000)
  expect(podsOn(world, 'n1')).toEqual([])
})

test('a pod of an unready node that its kubelet makes ready again stays so', () => {
  const { world, kubelets } = start(1, 3)
  kubelets.get('n1')?.silence()
  world.clock.advance(70_000)
  kubelets.get('n1')?.speak()
  const [pod] = podsOn(world, 'n1')
  if (pod) setReady(world, pod, true)
  world.clock.advance(20_000)
  expect(conditionOf(podsOn(world, 'n1')[0]?.status?.conditions, 'Ready')?.status).toBe('True')
})
