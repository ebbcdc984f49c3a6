import type { Interval } from '../model/interval.ts'

/** A stretch of time in milliseconds; `toMs` is null while it goes on. */
export interface Span {
  fromMs: number
  toMs: number | null
}

/** Whether it holds at that moment: what ends in it holds no more. */
export function holdsAt({ fromMs, toMs }: Span, atMs: number): boolean {
  return fromMs <= atMs && (toMs === null || toMs > atMs)
}

/**
 * The stretches in which at least one of these held. What ends in the observation that begins the next, or after it,
 * goes on: an endpoint that moves to another slice, or is listed by two, is one endpoint.
 */
export function spansOf(intervals: Interval[]): Span[] {
  const spans: Span[] = []
  for (const { fromMs, toMs } of intervals.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = spans.at(-1)
    if (!last || (last.toMs !== null && last.toMs < fromMs)) spans.push({ fromMs, toMs })
    else if (last.toMs !== null) last.toMs = toMs === null ? null : Math.max(last.toMs, toMs)
  }
  return spans
}
