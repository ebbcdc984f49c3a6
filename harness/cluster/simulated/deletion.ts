import { isTerminalPhase } from '../../model/pod-phase.ts'
import type { KubeObject, PodObject } from '../kube.ts'
import type { Store } from './store.ts'

/** Of a pod whose spec says nothing, in seconds. */
const usualGraceSeconds = 30

export interface DeletePodOptions {
  /** The spec's own unless given. */
  gracePeriodSeconds?: number
  /** Only the pod of this UID. */
  uid?: string
  /** How long after its mark a pod without a grace period is gone; at once unless given. */
  later?: (end: () => void) => void
}

/**
 * Deletes a pod as the API server does: with a grace period it is marked, and its kubelet has the rest to do; without
 * one, or where no kubelet has it yet, it is gone at once. A second deletion may only shorten the grace period.
 *
 * @returns the pod as it was, or as it is marked; undefined where it is not there.
 */
export function deletePod(
  store: Store,
  name: string,
  namespace: string,
  options: DeletePodOptions = {},
): PodObject | undefined {
  const pod = store.get('Pod', name, namespace)
  if (!pod || (options.uid !== undefined && pod.metadata?.uid !== options.uid)) return undefined
  const asked = options.gracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? usualGraceSeconds
  const gracePeriodSeconds = isTerminalPhase(pod.status?.phase) || !pod.spec?.nodeName ? 0 : asked
  if (gracePeriodSeconds === 0) {
    // Whoever watches sees it marked, and then gone.
    const metadata = { ...pod.metadata, deletionTimestamp: store.timestamp(), deletionGracePeriodSeconds: 0 }
    store.update('Pod', { ...pod, metadata })
    const { later = (end) => end() } = options
    later(() => store.remove('Pod', name, namespace, pod.metadata?.uid))
    return pod
  }
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata ?? {}
  if (deletionTimestamp !== undefined && deletionGracePeriodSeconds <= gracePeriodSeconds) return pod
  return store.update('Pod', {
    ...pod,
    metadata: {
      ...pod.metadata,
      // The time by which it has to be gone.
      deletionTimestamp: store.timestamp(store.nowMs + gracePeriodSeconds * 1_000),
      deletionGracePeriodSeconds: gracePeriodSeconds,
    },
  })
}

/** The object that controls another, by its reference. */
export function controllerOf(object: KubeObject) {
  return object.metadata?.ownerReferences?.find(({ controller }) => controller)
}
