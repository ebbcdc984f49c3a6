import { UsageError } from '../model/errors.ts'
import type { Interval } from '../model/interval.ts'
import type { WorkloadShape } from '../model/observation.ts'
import { type Span, spansOf } from '../timeline/spans.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import type { Workload } from '../workload/workload.ts'
import { hold, isHurt } from './claim.ts'
import type { Judge, Judgement } from './judgement.ts'
import { killingProbes, slowProbe } from './slow-probe.ts'
import { excused } from './too-slow.ts'

export interface ToKeepAvailableOptions {
  /** So many pods at every moment. */
  atLeast: number
}

/** Never fewer pods than this are ready: ready endpoints of each of its Services, or ready pods where it has none. */
export function toKeepAvailable(
  of: Workload,
  options: ToKeepAvailableOptions,
  statement: string,
): Promise<void> {
  const { atLeast } = options
  if (!Number.isInteger(atLeast) || atLeast < 1) {
    throw new UsageError(
      `toKeepAvailable: atLeast is ${JSON.stringify(atLeast)}; a whole number from 1 on is expected`,
    )
  }
  return hold({
    stage: of.stage,
    workload: of,
    statement,
    subject: of.subject,
    promise: `at least ${atLeast} to be available`,
    judge: judgeAvailable(of.stage, of.shape, atLeast),
    rests: ['EndpointSlice', 'Pod'],
  })
}

export function judgeAvailable(stage: Pick<Stage, 'faults'>, shape: WorkloadShape, atLeast: number): Judge {
  const slow = slowProbe(stage, ['readiness', ...killingProbes])
  return (timeline, sinceMs) => {
    const counted =
      shape.services.length > 0
        ? shape.services.map(({ name }) => ({
            what: `ready endpoints of Service ${name}`,
            intervals: timeline.of('endpoint-ready').filter(({ detail }) => detail.service === name),
          }))
        : [{ what: 'ready pods', intervals: readyPods(timeline, shape) }]
    let fewest = Number.POSITIVE_INFINITY
    let doubtful: Judgement | undefined
    for (const { what, intervals } of counted) {
      for (const [atMs, count] of countsFrom(spansByPod(intervals), sinceMs)) {
        fewest = Math.min(fewest, count)
        if (count >= atLeast) continue
        const detail = `there were only ${count} ${what}`
        const excuses = lostBetween(timeline, intervals, sinceMs, atMs)
          .filter((uid) => !isHurt(stage, uid))
          .flatMap((uid) => slow(timeline, uid, sinceMs, atMs) ?? [])
        const [excuse] = excuses
        if (!excuse || count + excuses.length < atLeast) return { is: 'broken', atMs, detail }
        doubtful ??= excused(detail, excuse)
      }
    }
    if (doubtful) return doubtful
    return { is: 'open', lastSeen: `never fewer than ${fewest} were available` }
  }
}

/** The pods that were available and are not, though nobody has told them to go. */
function lostBetween(timeline: Timeline, intervals: Interval[], fromMs: number, atMs: number): string[] {
  const ended = intervals.filter(({ toMs }) => toMs !== null && toMs > fromMs && toMs <= atMs)
  const uids = [...new Set(ended.map(({ uid }) => uid))]
  const isToldToGo = (uid: string) => timeline.of('pod-terminating', uid).some((told) => told.fromMs <= atMs)
  return uids.filter((uid) => !isToldToGo(uid))
}

export function readyPods(timeline: Timeline, { roots }: WorkloadShape): Interval<'pod-ready'>[] {
  return timeline
    .of('pod-ready')
    .filter(({ uid }) => roots.some((root) => timeline.isControlledBy(uid, root.uid)))
}

/** A pod counts once, in however many slices and address families it is listed. */
export function spansByPod(intervals: Interval[]): Span[] {
  const uids = [...new Set(intervals.map(({ uid }) => uid))]
  return uids.flatMap((uid) => spansOf(intervals.filter((interval) => interval.uid === uid)))
}

/**
 * How many of these held at `sinceMs`, and after each change since. One observation may end one interval and begin
 * another: that is one change.
 */
export function countsFrom(spans: Span[], sinceMs: number): [number, number][] {
  const changes = new Map<number, number>()
  const change = (ms: number, by: number) => changes.set(ms, (changes.get(ms) ?? 0) + by)
  let count = 0
  for (const { fromMs, toMs } of spans) {
    if (fromMs <= sinceMs) count += 1
    else change(fromMs, 1)
    if (toMs === null) continue
    if (toMs <= sinceMs) count -= 1
    else change(toMs, -1)
  }
  const counts: [number, number][] = [[sinceMs, count]]
  for (const [ms, by] of [...changes].sort(([a], [b]) => a - b)) {
    count += by
    counts.push([ms, count])
  }
  return counts
}
