import type { Prediction } from '../model/result.ts'
import { slowdown, slowestFactor } from '../timeline/noise.ts'
import type { Timeline } from '../timeline/timeline.ts'

/** What a slow machine is given beyond a limit. */
export interface Allowance {
  /** Milliseconds beyond the limit: what comes by then may be late by the machine's doing alone. */
  ms: number
  /** True where the machine was so slow that what never came may be still on its way. */
  beyondJudging: boolean
  /** How slow it was, as words. */
  because: string
}

export const noAllowance: Allowance = { ms: 0, beyondJudging: false, because: '' }

/** No scenario waits longer than this for a slow machine: what would take longer is not judged. */
const longestMs = 120_000
const looks = 3
const worthMore = 1.1

export interface Limit {
  /** In milliseconds from the scenario's zero. */
  anchorMs: number
  /** In milliseconds from the anchor. */
  latestMs: number
  /** What of it is the machine's own share. */
  machineMs: number
  /** In milliseconds from the scenario's zero; what was measured later does not bear on it. */
  nowMs: number
}

/**
 * What a limit is extended by, from the machine's slowness since the anchor: its own share once more for each time that
 * it was slower than a calm one, or the time in which nothing came through at all, where that is longer. Nothing on a
 * calm machine. The time so given may have been slower still, so it is looked at too.
 */
export function allowanceFor(timeline: Timeline, limit: Limit): Allowance {
  const { anchorMs, latestMs, machineMs, nowMs } = limit
  let ms = 0
  let slow = slowdown(timeline, anchorMs, Math.min(nowMs, anchorMs + latestMs))
  for (let n = 0; n < looks; n++) {
    const next = Math.max(machineMs * (slow.factor - 1), slow.stalledMs)
    if (next <= ms * worthMore) break
    ms = next
    slow = slowdown(timeline, anchorMs, Math.min(nowMs, anchorMs + latestMs + ms))
  }
  return {
    ms: Math.min(ms, longestMs),
    beyondJudging: slow.factor >= slowestFactor || ms > longestMs,
    because: slow.because,
  }
}

/**
 * Waits until a limit, and on for what a slow machine is allowed by then, as long as that grows.
 *
 * @param wait waits until a time and gives what it found, or undefined.
 */
export async function waitWithAllowance<T>(
  wait: (untilMs: number) => Promise<T | undefined>,
  limitMs: number,
  allowance: () => Allowance,
): Promise<T | undefined> {
  let givenMs = 0
  for (;;) {
    const found = await wait(limitMs + givenMs)
    if (found !== undefined) return found
    const { ms } = allowance()
    if (ms <= givenMs * worthMore) return undefined
    givenMs = ms
  }
}

/**
 * What of a limit is the machine's: the shares that Kubernetes does not set itself. Of a limit that the scenario gave
 * it is no more than the whole, and a quarter where nothing is predicted.
 */
export function machineShare(predicted: Prediction | undefined, withinMs: number | undefined): number {
  if (!predicted) return (withinMs ?? 0) / 4
  const ms = predicted.because.reduce((sum, term) => sum + (term.kubernetes ? 0 : term.ms), 0)
  return withinMs === undefined ? ms : Math.min(ms, withinMs)
}
