import type { Clock } from '../cluster/clock.ts'
import type { Kube, KubeObject, ListRef } from '../cluster/kube.ts'
import type { GapObservation, ObservedObject, WatchedKind, WatchObservation } from '../model/observation.ts'

type Seen = (observation: WatchObservation | GapObservation) => void

const retryFirstMs = 100
const retryAtMostMs = 2_000

/**
 * Lists the objects of one kind, then watches them until the signal, going on from the last resourceVersion
 * whenever the watch ends. Only where that version is too old is there a gap: then it lists again, tells what came
 * and went meanwhile, and says from when to when it could not see.
 *
 * @returns once the list is in and the watch goes on from it.
 */
export async function watchKind(
  kube: Kube,
  clock: Clock,
  kind: WatchedKind,
  ref: ListRef,
  seen: Seen,
  zeroMs: number,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map<string, ObservedObject>()
  const now = () => clock.now() - zeroMs
  let version = ''
  let heardMs = now()

  const tell = (type: WatchObservation['type'], raw: KubeObject) => {
    const { object, serverTime } = trim(raw)
    // Events are many and never asked for again, so nothing is kept of them.
    if (type === 'DELETED') known.delete(object.metadata.uid)
    else if (kind !== 'Event') known.set(object.metadata.uid, object)
    seen({ source: 'watch', atMs: now(), kind, type, ...(serverTime && { serverTime }), object })
  }

  const list = async (type: 'LISTED' | 'ADDED') => {
    const { items, resourceVersion } = await kube.list(ref)
    const before = new Map(known)
    for (const item of items) {
      const uid = item.metadata?.uid ?? ''
      const old = before.get(uid)
      before.delete(uid)
      if (!old) tell(type, item)
      else if (old.metadata.resourceVersion !== item.metadata?.resourceVersion) tell('MODIFIED', item)
    }
    for (const gone of before.values()) tell('DELETED', gone as KubeObject)
    version = resourceVersion
    heardMs = now()
  }

  const follow = async () => {
    let retryMs = retryFirstMs
    while (!signal.aborted) {
      const end = await kube.watch(
        ref,
        version,
        (event) => {
          heardMs = now()
          retryMs = retryFirstMs
          if (event.type === 'BOOKMARK') version = event.resourceVersion || version
          else {
            version = event.object.metadata?.resourceVersion ?? version
            tell(event.type, event.object)
          }
        },
        signal,
      )
      if (signal.aborted) return
      if (end.why === 'expired') {
        const fromMs = heardMs
        await list('ADDED').catch(() => undefined)
        seen({ source: 'gap', atMs: now(), fromMs, watch: kind, reason: 'the resourceVersion had expired' })
      } else if (end.why === 'failed') {
        await clock.sleep(retryMs, signal).catch(() => undefined)
        retryMs = Math.min(retryMs * 2, retryAtMostMs)
      }
    }
  }

  await list('LISTED')
  void follow()
}

/** Without `managedFields`, which are long and say nothing of the object's state but when it was last written. */
function trim(raw: KubeObject): { object: ObservedObject; serverTime: string | undefined } {
  const { managedFields, ...metadata } = (raw.metadata ?? {}) as Record<string, unknown> & {
    managedFields?: { time?: string }[]
  }
  const times = (managedFields ?? []).flatMap(({ time }) => (time ? [time] : []))
  return { object: { ...raw, metadata } as ObservedObject, serverTime: times.sort().at(-1) }
}
