import type { PodObject } from '../../kube.ts'
import type { Change, Store } from '../store.ts'

type Listener = (pod: PodObject, before: PodObject | undefined, type: Change['type']) => void

/** Of each store, who listens for the pods of which node: a change is not told to all kubelets. */
const listenersOf = new WeakMap<Store, Map<string, Listener>>()

/** Calls back with each change of a pod that is bound to this node. */
export function onPodsOf(store: Store, node: string, listener: Listener): void {
  const known = listenersOf.get(store)
  if (known) {
    known.set(node, listener)
    return
  }
  const listeners = new Map([[node, listener]])
  listenersOf.set(store, listeners)
  store.on('Pod', ({ object, before, type }) => {
    const pod = object as PodObject
    const nodeName = pod.spec?.nodeName
    if (nodeName !== undefined) listeners.get(nodeName)?.(pod, before as PodObject | undefined, type)
  })
}
