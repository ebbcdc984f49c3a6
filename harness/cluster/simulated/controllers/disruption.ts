import type { PodDisruptionBudgetObject, PodObject } from '../../kube.ts'
import { controllerOf } from '../deletion.ts'
import type { Store } from '../store.ts'
import { WorkQueue } from '../work-queue.ts'
import type { World } from '../world.ts'
import { withCondition } from './conditions.ts'
import { keyOf, splitKey } from './keys.ts'
import { type Selector, selects } from './labels.ts'
import { isReady, isTerminating } from './pod-state.ts'

type Status = NonNullable<PodDisruptionBudgetObject['status']>

/** kubernetes/pkg/controller/disruption/disruption.go: DeletionTimeout. */
const deletionTimeoutMs = 2 * 60_000

/** Counts for each PodDisruptionBudget how many of its pods may go. kubernetes/pkg/controller/disruption/disruption.go. */
export function startDisruption(world: World): void {
  const { store, clock, events } = world
  const work = (key: string) => {
    const [namespace, name] = splitKey(key)
    const budget = store.get('PodDisruptionBudget', name, namespace)
    if (!budget) return
    const pods = podsOf(store, budget)
    if (pods.length === 0) {
      const message = 'No matching pods found'
      events.tell(budget, { type: 'Normal', reason: 'NoPods', message, component: 'controllermanager' })
    }
    const { status, againMs } = statusOf(store, budget, pods, clock.epoch())
    store.update('PodDisruptionBudget', { ...budget, status })
    if (againMs !== undefined) queue.addAfter(key, againMs)
  }
  const random = world.random.fork('disruption')
  const queue = new WorkQueue({ clock, random, latencyMs: [4, 20], work })
  store.on('PodDisruptionBudget', ({ type, object }) => {
    if (type !== 'DELETED') queue.add(keyOf(object))
  })
  store.on('Pod', ({ object, before }) => {
    const { namespace } = object.metadata ?? {}
    for (const budget of store.list('PodDisruptionBudget', namespace)) {
      if (isKeptBy(budget, object) || (before && isKeptBy(budget, before))) queue.add(keyOf(budget))
    }
  })
  for (const budget of store.list('PodDisruptionBudget')) queue.add(keyOf(budget))
}

/** The budgets that keep a pod. */
export function budgetsOf(store: Store, pod: PodObject): PodDisruptionBudgetObject[] {
  return store.list('PodDisruptionBudget', pod.metadata?.namespace).filter((budget) => isKeptBy(budget, pod))
}

/** Without a selector it keeps nothing, where an empty one keeps every pod of its namespace. */
function isKeptBy({ spec, metadata }: PodDisruptionBudgetObject, pod: Pick<PodObject, 'metadata'>): boolean {
  return (
    metadata?.namespace === pod.metadata?.namespace &&
    selects(spec?.selector as Selector | undefined, pod.metadata?.labels)
  )
}

function podsOf(store: Store, budget: PodDisruptionBudgetObject): PodObject[] {
  return store.list('Pod', budget.metadata?.namespace).filter((pod) => isKeptBy(budget, pod))
}

function statusOf(
  store: Store,
  budget: PodDisruptionBudgetObject,
  pods: readonly PodObject[],
  nowEpochMs: number,
): { status: Status; againMs: number | undefined } {
  const disrupted = Object.entries(budget.status?.disruptedPods ?? {}).filter(([name, since]) => {
    const pod = pods.find(({ metadata }) => metadata?.name === name)
    return pod && !isTerminating(pod) && Date.parse(since) + deletionTimeoutMs > nowEpochMs
  })
  const isGoing = ({ metadata }: PodObject) => disrupted.some(([name]) => name === metadata?.name)
  const currentHealthy = pods.filter((pod) => !isTerminating(pod) && !isGoing(pod) && isReady(pod)).length
  const { expectedPods, desiredHealthy } = expected(store, budget, pods)
  const room = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0
  const overMs = disrupted.map(([, since]) => Date.parse(since) + deletionTimeoutMs - nowEpochMs)
  const counts = { currentHealthy, desiredHealthy, expectedPods }
  const status = withRoom(store, {
    ...{ ...budget.status, ...counts, disruptionsAllowed: room },
    observedGeneration: budget.metadata?.generation ?? 1,
  })
  const { disruptedPods: _, ...rest } = status
  return {
    status: disrupted.length > 0 ? { ...rest, disruptedPods: Object.fromEntries(disrupted) } : rest,
    againMs: overMs.length > 0 ? Math.min(...overMs) : undefined,
  }
}

/** A budget's status with the condition that goes with its room. UpdateDisruptionAllowedCondition. */
export function withRoom(store: Store, status: Status): Status {
  const isRoom = (status.disruptionsAllowed ?? 0) > 0
  const told = { status: isRoom ? 'True' : 'False', reason: isRoom ? 'SufficientPods' : 'InsufficientPods' }
  const old = status.conditions?.find(({ type }) => type === 'DisruptionAllowed')
  const condition = {
    ...{ type: 'DisruptionAllowed', ...told, message: '' },
    lastTransitionTime: old?.status === told.status ? old.lastTransitionTime : store.timestamp(),
    observedGeneration: status.observedGeneration ?? 1,
  }
  return { ...status, conditions: withCondition(status.conditions, condition) }
}

/** getExpectedPodCount: a number of pods that must be there counts those that are, all else the sizes of their owners. */
function expected(
  store: Store,
  { spec = {} }: PodDisruptionBudgetObject,
  pods: readonly PodObject[],
): { expectedPods: number; desiredHealthy: number } {
  const { minAvailable, maxUnavailable } = spec
  if (maxUnavailable !== undefined) {
    const expectedPods = scaleOf(store, pods)
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - part(maxUnavailable, expectedPods)) }
  }
  if (typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable }
  if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0 }
  const expectedPods = scaleOf(store, pods)
  return { expectedPods, desiredHealthy: part(minAvailable, expectedPods) }
}

/** Both kinds of percentages are rounded up. */
function part(value: number | string, of: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * of) / 100)
}

/** The replicas of all that control these pods: of a ReplicaSet's Deployment rather than its own. */
function scaleOf(store: Store, pods: readonly PodObject[]): number {
  const sizes = new Map<string, number>()
  for (const pod of pods) {
    const { namespace } = pod.metadata ?? {}
    const set = store.get('ReplicaSet', controllerOf(pod)?.name ?? '', namespace)
    if (!set) continue
    const owner = store.get('Deployment', controllerOf(set)?.name ?? '', namespace) ?? set
    sizes.set(owner.metadata?.uid ?? '', owner.spec?.replicas ?? 1)
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}
