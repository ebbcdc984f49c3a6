import type { Clock } from '../cluster/clock.ts'
import type { Kube, KubeObject, ListRef, ObjectList, WatchEvent } from '../cluster/kube.ts'
import type { GapObservation, ObservedObject, WatchedKind, WatchObservation } from '../model/observation.ts'

type Seen = (observation: WatchObservation | GapObservation) => void

/** A kind that is watched. */
export interface KindWatch {
  /**
   * Resolves once everything that the API server has now was told of; where that cannot be had in time, a gap says so.
   * A watch may be silent for a while without an end, as one is whose API server was away.
   */
  caughtUp(withinMs: number): Promise<void>
}

const lookAgainMs = 20
const retryFirstMs = 100
const retryAtMostMs = 2_000

/**
 * Lists the objects of one kind, then watches them until the signal, going on from the last resourceVersion
 * whenever the watch ends. Only where that version is too old is there a gap: then it lists again, tells what came
 * and went meanwhile, and says from when to when it could not see, and whether anything had changed.
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
): Promise<KindWatch> {
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

  /** Lists, and tells what is new. After a gap, the gap comes first: whoever judges what follows must know of it. */
  const list = async (gap: { fromMs: number; reason: string } | undefined) => {
    const { items, resourceVersion } = await kube.list(ref)
    const before = new Map(known)
    // Of events nothing is known that they could be held against.
    const isUnchanged = kind !== 'Event' && areAsLastSeen(items, before)
    if (gap)
      seen({ source: 'gap', atMs: now(), ...gap, watch: kind, ...(isUnchanged && { unchanged: true }) })
    for (const item of items) {
      const uid = item.metadata?.uid ?? ''
      const old = before.get(uid)
      before.delete(uid)
      // An event that is still there is no news, whenever it came.
      if (!old) tell(gap && kind !== 'Event' ? 'ADDED' : 'LISTED', item)
      else if (old.metadata.resourceVersion !== item.metadata?.resourceVersion) tell('MODIFIED', item)
    }
    for (const gone of before.values()) tell('DELETED', gone as KubeObject)
    version = resourceVersion
    heardMs = now()
  }

  const onEvent = (event: WatchEvent) => {
    const fromMs = heardMs
    heardMs = now()
    if (event.type === 'BOOKMARK') version = event.resourceVersion || version
    else {
      version = event.object.metadata?.resourceVersion ?? version
      try {
        tell(event.type, event.object)
      } catch (error) {
        // It is not asked for again, so it is missing from here on.
        const reason = `an object could not be read: ${error instanceof Error ? error.message : error}`
        seen({ source: 'gap', atMs: heardMs, fromMs, watch: kind, reason })
      }
    }
  }

  const follow = async () => {
    let retryMs = retryFirstMs
    const pause = async () => {
      await clock.sleep(retryMs, signal).catch(() => undefined)
      retryMs = Math.min(retryMs * 2, retryAtMostMs)
    }
    while (!signal.aborted) {
      const heardBefore = heardMs
      const end = await kube.watch(ref, version, onEvent, signal)
      if (heardMs !== heardBefore) retryMs = retryFirstMs
      if (signal.aborted) return
      if (end.why === 'failed') await pause()
      if (end.why !== 'expired') continue
      const gap = { fromMs: heardMs, reason: 'the resourceVersion had expired' }
      await list(gap).catch(pause)
    }
  }

  const caughtUp = async (withinMs: number) => {
    const untilMs = clock.now() + withinMs
    let reason = 'the API server did not tell what there is'
    while (!signal.aborted) {
      try {
        const there = await kube.list(ref)
        reason = 'the watch was silent, and the API server had more to tell'
        while (isBehind(there, known, version) && clock.now() < untilMs)
          await clock.sleep(lookAgainMs, signal)
        if (!isBehind(there, known, version)) return
      } catch {
        // It may be away for a moment.
      }
      if (clock.now() >= untilMs) break
      await clock.sleep(retryAtMostMs, signal).catch(() => undefined)
    }
    if (!signal.aborted) seen({ source: 'gap', atMs: now(), fromMs: heardMs, watch: kind, reason })
  }

  await list(undefined)
  void follow()
  return { caughtUp }
}

/**
 * Whether a list has what a watch, which tells of changes in their order, has not told of: a later version, or that
 * something is gone.
 */
function isBehind(
  { items, resourceVersion }: ObjectList,
  known: ReadonlyMap<string, ObservedObject>,
  version: string,
): boolean {
  const uids = new Set(items.map(({ metadata }) => metadata?.uid))
  return (
    items.some(({ metadata }) => isLater(metadata?.resourceVersion, version)) ||
    [...known].some(
      ([uid, { metadata }]) => !uids.has(uid) && !isLater(metadata.resourceVersion, resourceVersion),
    )
  )
}

/** kubernetes: they are numbers that grow (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions). */
function isLater(one = '', other = ''): boolean {
  return /^\d+$/.test(one) && /^\d+$/.test(other) ? BigInt(one) > BigInt(other) : one !== other
}

/**
 * kubernetes: a resourceVersion changes with every write of its object
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions). An API server that was away has no
 * history to go on from, and often nothing was written meanwhile.
 */
function areAsLastSeen(items: KubeObject[], known: ReadonlyMap<string, ObservedObject>): boolean {
  return (
    items.length === known.size &&
    items.every(({ metadata = {} }) => {
      const last = known.get(metadata.uid ?? '')
      return last !== undefined && last.metadata.resourceVersion === metadata.resourceVersion
    })
  )
}

/** Without `managedFields`, which are long and say nothing of the object's state but when it was last written. */
function trim(raw: KubeObject): { object: ObservedObject; serverTime: string | undefined } {
  const { managedFields, ...metadata } = (raw.metadata ?? {}) as Record<string, unknown> & {
    managedFields?: { time?: string }[]
  }
  const times = (managedFields ?? []).flatMap(({ time }) => (time ? [time] : []))
  return { object: { ...raw, metadata } as ObservedObject, serverTime: times.sort().at(-1) }
}
