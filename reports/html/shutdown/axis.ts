import type { Shutdown } from '../../../harness/model/result.ts'
import { stepFor } from '../timeline/scale.ts'

/**
 * A time axis in milliseconds from a pod's deletion. Where the grace period ends long after all else, the axis is even
 * up to its knee only, and the rest is drawn short behind a break.
 */
export interface StopAxis {
  fromMs: number
  kneeMs: number
  toMs: number
  ticksMs: number[]
}

/** Percent of the width: where the even part ends on an axis with a break, where the rest goes on, and its end. */
export const breakFrom = 84
const breakTo = 87
const endAt = 95

/** How much longer than all else the grace period may be before the axis is broken. */
const longGrace = 2.2

/** The axis that all these stops fit on. */
export function stopAxis(stops: readonly Shutdown[]): StopAxis {
  const times = stops.flatMap(timesOf)
  const graceMs = Math.max(1, ...stops.map((stop) => stop.graceMs))
  const lastMs = Math.max(0, ...times)
  const broken = times.length > 0 && graceMs > Math.max(lastMs, 100) * longGrace
  const kneeMs = broken ? Math.max(lastMs, 100) * 1.2 : Math.max(lastMs, graceMs) * 1.06
  const fromMs = Math.min(0, ...times) - kneeMs * 0.03
  const step = stepFor((kneeMs - fromMs) / 8)
  const ticksMs: number[] = []
  for (let tick = Math.ceil(fromMs / step); tick * step < kneeMs; tick++) ticksMs.push(tick * step)
  return { fromMs, kneeMs, toMs: broken ? graceMs : kneeMs, ticksMs }
}

/** Whether the axis has a break. */
export function isBroken(axis: StopAxis): boolean {
  return axis.toMs > axis.kneeMs
}

/** Where a time lies, in percent of the width, kept within it. */
export function place(axis: StopAxis, ms: number): number {
  const even = (ms - axis.fromMs) / (axis.kneeMs - axis.fromMs)
  const percent = !isBroken(axis)
    ? even * 100
    : ms <= axis.kneeMs
      ? even * breakFrom
      : breakTo + ((ms - axis.kneeMs) / (axis.toMs - axis.kneeMs)) * (endAt - breakTo)
  return Math.round(Math.min(100, Math.max(0, percent)) * 1_000) / 1_000
}

/** All that happened, the grace period aside. */
function timesOf(stop: Shutdown): number[] {
  const { signal, endpointLeftMs, lastRoutedMs, lastAcceptedMs, firstRefusedMs, exit } = stop
  const times = [signal?.atMs, endpointLeftMs, lastRoutedMs, lastAcceptedMs, firstRefusedMs, exit?.atMs]
  return times.filter((ms) => ms !== undefined)
}
