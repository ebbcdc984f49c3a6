import type { WorkloadShape } from '../../harness/model/observation.ts'
import type { Timeline } from '../../harness/timeline/timeline.ts'

/**
 * What happened to a workload after a fault, in milliseconds from the recording's zero. Read from the watch of pods, by
 * other rules than those that the claims go by, but for the damage.
 */
export interface Truth {
  /** The workload was seen not to be as it had been before the fault. */
  damagedMs: number
  /** From here on every replica was ready. */
  recoveredMs: number
  /** The pod was on its way out, and a pod that was not there before the fault was ready. */
  replacedMs?: number
  /** Another container of the pod ran than before the fault. */
  restartedMs?: number
}

/** What happened after a fault on a pod; undefined as long as the workload has not recovered. */
export function truthOf(
  timeline: Timeline,
  shape: WorkloadShape,
  podUid: string,
  injectedAtMs: number,
): Truth | undefined {
  const before = timeline.of('steady', shape.name).findLast(({ fromMs }) => fromMs <= injectedAtMs)
  const damagedMs = before?.toMs
  if (typeof damagedMs !== 'number') return undefined
  const fullMs = fullSince(timeline, shape)
  const isSteady = timeline.of('steady', shape.name).at(-1)?.toMs === null
  // The Deployment may tell a little later than its pods do; until then another pod may still go.
  if (fullMs === undefined || !isSteady) return undefined
  const replacedMs = replaced(timeline, podUid, injectedAtMs)
  const [was, ...others] = timeline.of('container-running', podUid)
  const restartedMs = others.find(({ fromMs }) => was !== undefined && fromMs >= injectedAtMs)?.fromMs
  return {
    ...{ damagedMs, recoveredMs: Math.max(damagedMs, fullMs) },
    ...(replacedMs !== undefined && { replacedMs }),
    ...(restartedMs !== undefined && { restartedMs }),
  }
}

/** Since when as many pods as are desired have been ready and not on their way out, without a break. */
function fullSince(timeline: Timeline, { roots }: WorkloadShape): number | undefined {
  const desired = roots.reduce((sum, { replicas }) => sum + replicas, 0)
  const stretches = timeline
    .of('pod')
    .filter(({ uid }) => roots.some((root) => timeline.isControlledBy(uid, root.uid)))
    .flatMap(({ uid }) => readyStretches(timeline, uid))
  const open = stretches.filter(({ toMs }) => toMs === Number.POSITIVE_INFINITY)
  if (open.length !== desired) return undefined
  return Math.max(...open.map(({ fromMs }) => fromMs))
}

/** When a pod was ready, cut off where it was on its way out: at its deletionTimestamp, failure or deletion. */
function readyStretches(timeline: Timeline, uid: string): { fromMs: number; toMs: number }[] {
  const endMs = leftAt(timeline, uid) ?? Number.POSITIVE_INFINITY
  return timeline.of('pod-ready', uid).flatMap(({ fromMs, toMs }) => {
    const untilMs = Math.min(toMs ?? Number.POSITIVE_INFINITY, endMs)
    return fromMs < untilMs ? [{ fromMs, toMs: untilMs }] : []
  })
}

function replaced(timeline: Timeline, podUid: string, injectedAtMs: number): number | undefined {
  const owner = timeline.of('pod', podUid)[0]?.detail.ownerUid
  const leftMs = leftAt(timeline, podUid)
  const readyMs = timeline
    .of('pod')
    .filter(({ fromMs, detail }) => fromMs >= injectedAtMs && detail.ownerUid === owner)
    .flatMap(({ uid }) => timeline.of('pod-ready', uid).map(({ fromMs }) => fromMs))
  return leftMs === undefined || readyMs.length === 0 ? undefined : Math.max(leftMs, Math.min(...readyMs))
}

function leftAt(timeline: Timeline, uid: string): number | undefined {
  const times = [
    ...timeline.of('pod-terminating', uid).map(({ fromMs }) => fromMs),
    ...timeline
      .of('pod-phase', uid)
      .filter(({ detail }) => detail.phase === 'Failed')
      .map(({ fromMs }) => fromMs),
    ...timeline.of('pod', uid).flatMap(({ toMs }) => (toMs === null ? [] : [toMs])),
  ]
  return times.length > 0 ? Math.min(...times) : undefined
}
