import type { Clock } from './clock.ts'
import type { Kube, KubeObject, ListRef } from './kube.ts'

/**
 * Lists, then watches, until the objects together satisfy; true when they do, false at the deadline. For waits on
 * the cluster itself: inside a scenario, the recording's `waitFor` is the waiter.
 */
export async function untilObjects<T extends KubeObject>(
  kube: Kube,
  clock: Clock,
  ref: ListRef,
  satisfied: (objects: T[]) => boolean,
  withinMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const stopping = new AbortController()
  const ends = AbortSignal.any([stopping.signal, ...(signal ? [signal] : [])])
  const late = clock.sleep(withinMs, ends).then(
    () => stopping.abort(),
    () => undefined,
  )
  try {
    while (!ends.aborted) {
      const { items, resourceVersion } = await kube.list<T>(ref)
      const objects = new Map(items.map((item) => [item.metadata?.uid, item]))
      if (satisfied([...objects.values()])) return true
      let done = false
      const watching = new AbortController()
      await kube.watch(
        ref,
        resourceVersion,
        (event) => {
          if (event.type === 'BOOKMARK') return
          const uid = event.object.metadata?.uid
          if (event.type === 'DELETED') objects.delete(uid)
          else objects.set(uid, event.object as T)
          done = satisfied([...objects.values()])
          if (done) watching.abort()
        },
        AbortSignal.any([ends, watching.signal]),
      )
      if (done) return true
    }
    signal?.throwIfAborted()
    return false
  } finally {
    stopping.abort()
    await late
  }
}
