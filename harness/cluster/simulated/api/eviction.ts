import type { EvictionAnswer, PodDisruptionBudgetObject, PodObject } from '../../kube.ts'
import { KubeError } from '../../kube-error.ts'
import { budgetsOf, withRoom } from '../controllers/disruption.ts'
import { isReady, isTerminal, isTerminating, withDisruption } from '../controllers/pod-state.ts'
import { deletePod } from '../deletion.ts'
import type { World } from '../world.ts'
import { conflict } from './refusals.ts'

export interface EvictOptions {
  gracePeriodSeconds?: number
  uid?: string
}

/**
 * Evicts a pod where its budget has room. kubernetes/pkg/registry/core/pod/storage/eviction.go.
 *
 * @throws KubeError 500 for a pod of several budgets, 409 where another pod has its name.
 */
export function evictPod(
  world: World,
  { namespace, name }: { namespace: string; name: string },
  { uid, gracePeriodSeconds }: EvictOptions,
): EvictionAnswer {
  const { store } = world
  const pod = store.get('Pod', name, namespace)
  if (!pod) return { is: 'gone' }
  if (uid !== undefined && pod.metadata?.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata?.uid}`
    throw conflict(pod, 'Pod', name, why)
  }
  const why = asksNobody(pod) ? undefined : spend(world, pod)
  if (why !== undefined) return { is: 'refused', why }
  if (!isTerminal(pod)) {
    const told = ['EvictionByEvictionAPI', 'Eviction API: evicting'] as const
    store.update('Pod', withDisruption(pod, ...told, store.timestamp()))
  }
  deletePod(store, name, namespace, { ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }) })
  return { is: 'evicted' }
}

/** canIgnorePDB: what has ended, has not begun, or is going already takes nothing from its budget. */
function asksNobody(pod: PodObject): boolean {
  return isTerminal(pod) || pod.status?.phase === 'Pending' || isTerminating(pod)
}

/** Takes one from the room of the pod's budget; gives its sentence where there is none left. */
function spend({ store }: World, pod: PodObject): string | undefined {
  const [budget, another] = budgetsOf(store, pod)
  if (!budget) return undefined
  if (another) {
    const why =
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'
    throw new KubeError(`Pod/${pod.metadata?.namespace}/${pod.metadata?.name}`, 500, 'InternalError', why)
  }
  const { status } = budget
  const name = budget.metadata?.name
  if (!isReady(pod) && mayGoUnhealthy(budget)) return undefined
  if (!status || (status.observedGeneration ?? 0) < (budget.metadata?.generation ?? 1)) {
    return `The disruption budget ${name} is still being processed by the server.`
  }
  const { disruptionsAllowed = 0 } = status
  if (disruptionsAllowed <= 0) {
    const { desiredHealthy, currentHealthy } = status
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  }
  const disruptedPods = { ...status.disruptedPods, [pod.metadata?.name ?? '']: store.timestamp() }
  const left = { ...status, disruptionsAllowed: disruptionsAllowed - 1, disruptedPods }
  store.update('PodDisruptionBudget', { ...budget, status: withRoom(store, left) })
  return undefined
}

/** https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy */
function mayGoUnhealthy({ spec, status }: PodDisruptionBudgetObject): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {}
  return currentHealthy >= desiredHealthy && desiredHealthy > 0
}
