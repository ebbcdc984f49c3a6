import { expect, test } from 'vitest'
import type { World } from '../world.ts'
import { conditionOf } from './conditions.ts'
import { startControllers } from './index.ts'
import { isActive, isReady } from './pod-state.ts'
import { addDeployment, addNode, changeDeployment, templateOf, testWorld, toldOf } from './testing.ts'

const pods = (world: World) => world.store.list('Pod', 'shop')
const sets = (world: World) => world.store.list('ReplicaSet', 'shop')
const imagesOf = (world: World) =>
  pods(world)
    .filter(isActive)
    .map(({ spec }) => spec?.containers[0]?.image)
    .sort()
const now = (world: World) => world.store.get('Deployment', 'web', 'shop')
const conditionsOf = (world: World) =>
  Object.fromEntries(
    (now(world)?.status?.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  )
const sizes = (world: World) => sets(world).map(({ spec }) => spec?.replicas)

function start(world: World, node = {}): World {
  startControllers(world)
  addNode(world, 'n1', node)
  addNode(world, 'n2', node)
  return world
}

/** The most live pods and the fewest ready ones seen after any change of a pod from now on. */
function extremes(world: World) {
  const seen = { most: 0, fewest: Number.POSITIVE_INFINITY }
  world.store.on('Pod', () => {
    seen.most = Math.max(seen.most, pods(world).filter(isActive).length)
    seen.fewest = Math.min(seen.fewest, pods(world).filter((pod) => isActive(pod) && isReady(pod)).length)
  })
  return seen
}

test('a Deployment comes to its pods, and says so', () => {
  const world = start(testWorld())
  addDeployment(world)
  world.clock.advance(3_000)
  const [set] = sets(world)
  const hash = set?.metadata?.labels?.['pod-template-hash'] ?? ''
  expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{6,10}$/)
  expect(set?.metadata?.name).toBe(`web-${hash}`)
  expect(set?.spec?.selector.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash })
  expect(pods(world)[0]?.metadata?.name).toMatch(new RegExp(`^web-${hash}-[a-z0-9]{5}$`))
  expect(now(world)?.status).toMatchObject({
    ...{ observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 },
  })
  expect(now(world)?.status).not.toHaveProperty('unavailableReplicas')
  expect(conditionsOf(world)).toEqual({
    Available: 'True MinimumReplicasAvailable',
    Progressing: 'True NewReplicaSetAvailable',
  })
  expect(toldOf(world, 'ScalingReplicaSet')).toEqual([`Scaled up replica set web-${hash} from 0 to 3`])
  expect(now(world)?.metadata?.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' })
})

test.each([1, 2, 3, 4, 5])(
  'a rolling update of four keeps its surge and what must be available (seed %i)',
  (seed) => {
    const world = start(testWorld(seed), { readyAfterMs: 2_000, endsAfterMs: 3_000 })
    addDeployment(world, { replicas: 4 })
    world.clock.advance(5_000)
    const seen = extremes(world)
    changeDeployment(world, { template: templateOf('two') })
    world.clock.advance(60_000)
    expect(imagesOf(world)).toEqual(['two', 'two', 'two', 'two'])
    expect(seen).toEqual({ most: 5, fewest: 3 })
    expect(sizes(world)).toEqual([0, 4])
    expect(conditionsOf(world)).toMatchObject({ Progressing: 'True NewReplicaSetAvailable' })
  },
)

test('percentages of surge are rounded up, those of what may be unavailable down', () => {
  const world = start(testWorld(), { readyAfterMs: 2_000 })
  addDeployment(world, { replicas: 3 })
  world.clock.advance(5_000)
  const seen = extremes(world)
  changeDeployment(world, { template: templateOf('two') })
  world.clock.advance(60_000)
  expect(seen).toEqual({ most: 4, fewest: 3 })
})

test('an update that never gets ready stops, and is late after its deadline', () => {
  const world = start(testWorld())
  addDeployment(world, { replicas: 4, progressDeadlineSeconds: 60 })
  world.clock.advance(5_000)
  const impossible = { nodeSelector: { disk: 'fast' } }
  changeDeployment(world, { template: templateOf('two', impossible) })
  world.clock.advance(59_000)
  expect(conditionsOf(world)).toMatchObject({ Progressing: 'True ReplicaSetUpdated' })
  expect(now(world)?.status).toMatchObject({
    availableReplicas: 3,
    unavailableReplicas: 2,
    updatedReplicas: 2,
  })
  expect(sizes(world)).toEqual([3, 2])
  world.clock.advance(4_000)
  expect(conditionsOf(world)).toMatchObject({ Progressing: 'False ProgressDeadlineExceeded' })
  // Back to the old template: the old ReplicaSet takes over again, as the newest revision.
  changeDeployment(world, { template: templateOf('one') })
  world.clock.advance(10_000)
  expect(sizes(world)).toEqual([4, 0])
  expect(now(world)?.metadata?.annotations).toEqual({ 'deployment.kubernetes.io/revision': '3' })
  expect(conditionsOf(world)).toMatchObject({ Progressing: 'True NewReplicaSetAvailable' })
})

test('Recreate begins anew only when the last of the old pods is gone', () => {
  const world = start(testWorld(), { endsAfterMs: 4_000 })
  addDeployment(world, { replicas: 2, strategy: { type: 'Recreate' } })
  world.clock.advance(5_000)
  let overlapped = false
  const imageOf = (pod: { spec?: { containers: { image?: string }[] } }) => pod.spec?.containers[0]?.image
  world.store.on('Pod', () => {
    if (new Set(pods(world).map(imageOf)).size > 1) overlapped = true
  })
  changeDeployment(world, { template: templateOf('two') })
  world.clock.advance(20_000)
  expect(imagesOf(world)).toEqual(['two', 'two'])
  expect(overlapped).toBe(false)
  expect(conditionsOf(world)).toMatchObject({ Progressing: 'True NewReplicaSetAvailable' })
})

test('a paused Deployment scales, but rolls nothing out', () => {
  const world = start(testWorld())
  addDeployment(world)
  world.clock.advance(5_000)
  changeDeployment(world, { paused: true, template: templateOf('two'), replicas: 5 })
  world.clock.advance(10_000)
  expect(imagesOf(world)).toEqual(['one', 'one', 'one', 'one', 'one'])
  expect(conditionsOf(world)).toMatchObject({ Progressing: 'Unknown DeploymentPaused' })
  changeDeployment(world, { paused: false })
  world.clock.advance(30_000)
  expect(imagesOf(world)).toEqual(['two', 'two', 'two', 'two', 'two'])
})

test('one that is scaled in the middle of an update is scaled in proportion', () => {
  const world = start(testWorld(), { readyAfterMs: 1_500 })
  addDeployment(world, {
    replicas: 10,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } },
  })
  world.clock.advance(5_000)
  changeDeployment(world, { template: templateOf('two', { nodeSelector: { disk: 'fast' } }) })
  world.clock.advance(5_000)
  expect(sizes(world)).toEqual([8, 5])
  // https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#proportional-scaling
  changeDeployment(world, { replicas: 15 })
  world.clock.advance(5_000)
  expect(sizes(world)).toEqual([11, 7])
})

test('no more old ReplicaSets are kept than its history may have', () => {
  const world = start(testWorld())
  addDeployment(world, { revisionHistoryLimit: 1 })
  for (const image of ['two', 'three', 'four']) {
    world.clock.advance(30_000)
    changeDeployment(world, { template: templateOf(image) })
  }
  world.clock.advance(30_000)
  expect(
    sets(world).map(({ metadata }) => metadata?.annotations?.['deployment.kubernetes.io/revision']),
  ).toEqual(['3', '4'])
})

test('what a Deployment owns goes with it', () => {
  const world = start(testWorld())
  addDeployment(world)
  world.clock.advance(5_000)
  world.store.remove('Deployment', 'web', 'shop')
  world.clock.advance(1_000)
  expect([...sets(world), ...pods(world)]).toEqual([])
})

test('the same seed gives the same run, and nothing more happens once it is steady', () => {
  const run = (seed: number) => {
    const world = start(testWorld(seed))
    addDeployment(world)
    world.clock.advance(60_000)
    const { version } = world.store
    const told = JSON.stringify(
      ['Pod', 'ReplicaSet', 'Deployment', 'Event'].map((kind) => world.store.list(kind as 'Pod')),
    )
    world.clock.advance(9_000)
    // Only the two nodes' heartbeats.
    expect(world.store.version - version).toBeLessThanOrEqual(2)
    return told
  }
  expect(run(7)).toBe(run(7))
  expect(run(8)).not.toBe(run(7))
})

test('a condition keeps the time of its last change of status', () => {
  const world = start(testWorld())
  addDeployment(world)
  world.clock.advance(30_000)
  const before = conditionOf(now(world)?.status?.conditions, 'Progressing')
  changeDeployment(world, { template: templateOf('two') })
  world.clock.advance(30_000)
  const after = conditionOf(now(world)?.status?.conditions, 'Progressing')
  expect(after?.lastTransitionTime).toBe(before?.lastTransitionTime)
  expect(after?.lastUpdateTime).not.toBe(before?.lastUpdateTime)
})
