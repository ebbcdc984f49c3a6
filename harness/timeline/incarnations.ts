import type { Interval } from '../model/interval.ts'
import type { Timeline } from './timeline.ts'

/** One run of a container, from its start to its end, as far as statuses have told of it. */
export interface Incarnation {
  containerID: string
  /** When it was first seen, running or ended. */
  seenMs: number
  /** When it was first seen to have ended; undefined while it runs. */
  endedMs: number | undefined
  /** How it ended; undefined while it runs, and where nothing has told. */
  ended: Interval<'container-terminated'> | undefined
}

/**
 * Every incarnation of a container of a pod that was seen, oldest first. One that ends at once is never seen to run.
 *
 *     c running id 1                                         id 1
 *     c terminated id 3, last terminated id 2                id 1 (its end is not told), id 2, id 3
 */
export function incarnationsOf(timeline: Timeline, podUid: string, container: string): Incarnation[] {
  const mine = ({ detail }: { detail: { container: string } }) => detail.container === container
  const running = timeline.of('container-running', podUid).filter(mine)
  const terminated = timeline.of('container-terminated', podUid).filter(mine)
  const known = new Map<string, Incarnation>()
  // Of one status, what runs is newer than what has ended.
  for (const ended of terminated) {
    const { containerID } = ended.detail
    known.set(containerID, { containerID, seenMs: ended.fromMs, endedMs: ended.fromMs, ended })
  }
  for (const { fromMs, toMs, detail } of running) {
    const { containerID } = detail
    const before = known.get(containerID)
    const ended = before?.ended
    known.set(containerID, {
      containerID,
      seenMs: fromMs,
      endedMs: before?.endedMs ?? toMs ?? undefined,
      ended,
    })
  }
  return [...known.values()].sort((a, b) => a.seenMs - b.seenMs)
}
