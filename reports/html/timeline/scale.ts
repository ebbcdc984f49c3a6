import type { ScenarioResult } from '../../../harness/model/result.ts'

/** A time axis in milliseconds from the scenario's zero. */
export interface Scale {
  fromMs: number
  toMs: number
  ticksMs: number[]
  /** How much of the scenario was left off in front, in milliseconds. */
  leftOffMs: number
}

const steps = [1, 2, 5]

/** When the first fault went in; in a run without faults, the first claim's anchor; else undefined. */
export function hurtAtMs(scenario: ScenarioResult): number | undefined {
  const injected = scenario.faults.map((fault) => fault.injectedAtMs)
  const anchors = scenario.claims.flatMap((claim) => (claim.anchor ? [claim.anchor.atMs] : []))
  const times = injected.length > 0 ? injected : anchors
  return times.length > 0 ? min(times) : undefined
}

/**
 * The axis of a scenario: up to the last thing seen or waited for, and from zero, or from a little before the first
 * fault where the set-up would otherwise take more than a fifth of the room.
 */
export function scaleOf(scenario: ScenarioResult): Scale {
  const hurtMs = hurtAtMs(scenario)
  const lastMs = Math.max(endOf(scenario), 1)
  const interestingMs = Math.max(lastMs - (hurtMs ?? 0), 1)
  const leadMs = Math.max(1_000, interestingMs * 0.08)
  const early = Math.min(0, hurtMs ?? 0)
  const cut = hurtMs !== undefined && hurtMs - leadMs > interestingMs * 0.2
  const step = stepFor((lastMs - (cut ? hurtMs - leadMs : early)) / 8)
  const fromMs = cut ? Math.max(0, Math.floor((hurtMs - leadMs) / (step / 2)) * (step / 2)) : early
  const toMs = lastMs + (lastMs - fromMs) * 0.02
  const ticksMs: number[] = []
  for (let tick = Math.ceil(fromMs / step); tick * step <= toMs; tick++) ticksMs.push(tick * step)
  return { fromMs, toMs, ticksMs, leftOffMs: Math.max(fromMs, 0) }
}

/** Where a time lies on the axis, in percent, kept within it. */
export function percent(scale: Scale, ms: number): number {
  const share = ((ms - scale.fromMs) / (scale.toMs - scale.fromMs)) * 100
  return Math.round(Math.min(100, Math.max(0, share)) * 1_000) / 1_000
}

/** Whether any of a stretch is on the axis. */
export function shows(scale: Scale, fromMs: number, toMs: number | null): boolean {
  return (toMs ?? Infinity) >= scale.fromMs && fromMs <= scale.toMs
}

function endOf(scenario: ScenarioResult): number {
  const claims = scenario.claims.flatMap((claim) => {
    if (!claim.anchor) return []
    const waited = claim.within ?? claim.predicted?.latestMs ?? 0
    const seen = claim.measuredMs === undefined ? [] : [claim.anchor.atMs + claim.measuredMs]
    return [...seen, Math.min(scenario.durationMs, claim.anchor.atMs + waited)]
  })
  const times = [
    ...claims,
    ...scenario.intervals.map((interval) => interval.toMs ?? interval.fromMs),
    ...scenario.faults.map((fault) => fault.revertedAtMs ?? fault.receipt?.atMs ?? fault.injectedAtMs),
    ...(scenario.traffic?.losses ?? []).map((loss) => loss.atMs),
    ...scenario.gaps.map((gap) => gap.toMs),
  ]
  return times.length > 0 ? max(times) : scenario.durationMs
}

/** The smallest of 1, 2, 5, 10, … milliseconds that is no smaller than the one given. */
export function stepFor(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(ms, 1)))
  const step = steps.find((candidate) => candidate * power >= ms)
  return (step ?? 10) * power
}

// Not Math.min(...times): a long recording has more intervals than a call may have arguments.
function min(times: readonly number[]): number {
  return times.reduce((least, time) => Math.min(least, time), Infinity)
}

function max(times: readonly number[]): number {
  return times.reduce((most, time) => Math.max(most, time), -Infinity)
}
