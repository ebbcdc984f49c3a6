import { formatMs, formatOffset } from '../model/duration.ts'
import type { Interval } from '../model/interval.ts'
import type { Anchor } from '../model/result.ts'
import { noEndMs } from '../timeline/recording.ts'
import type { Claimed, Response } from './claim.ts'
import { interference } from './interference.ts'
import type { Judgement } from './judgement.ts'
import { at } from './judgement.ts'
import { type Allowance, allowanceFor, noAllowance } from './late.ts'
import type { Entry } from './ledger.ts'

/** When a response is due. */
export interface Window {
  earliestMs: number
  latestMs: number
  /** What of the latest time is the machine's own share. */
  machineMs: number
  sinceMs: number
  /** Nothing before this is due to what the anchor names. */
  notBeforeMs: number
  /** The anchor to count from instead, where what was waited for may come before the revert. */
  landed: Anchor | undefined
  /** When what had held before was found to be lost. */
  lostMs?: number
}

/** A node was down up to 0.6 s before its container was told to be. */
const latestReceiptMs = 1_000

/** How much later than the fault itself its receipt may have come: it has landed at some time since it was injected. */
function receiptLateMs(anchorMs: number, { notBeforeMs }: Window): number {
  return Math.min(latestReceiptMs, Math.max(0, anchorMs - notBeforeMs))
}

/** Writes down what a response has come to: in time, early, broken or late. */
export function conclude(claim: Response, entry: Entry, seen: Judgement, window: Window): void {
  const { subject, promise, stage } = claim
  const { event, atMs: anchorMs } = entry.result.anchor ?? { event: '', atMs: 0 }
  const { earliestMs, latestMs } = window
  if (seen.is === 'unjudgeable') return entry.settle('inconclusive', `${subject}: ${seen.detail}`, seen)
  if (seen.is === 'held') {
    // A container that was restarted may be ready again before its liveness probe is let alone: that is no revert's doing.
    const landed = seen.atMs < anchorMs && window.landed
    if (landed) {
      entry.result.anchor = landed
      return conclude(claim, entry, seen, { ...window, notBeforeMs: window.sinceMs, landed: undefined })
    }
    const measuredMs = seen.atMs - anchorMs
    entry.result.measuredMs = measuredMs
    if (seen.reached) {
      entry.result.reached = seen.reached.map(({ what, atMs }) => ({ what, ms: atMs - anchorMs }))
    }
    const when = `${formatOffset(measuredMs)} ${event}`
    // The scenario's own limit is counted from the receipt, to the millisecond.
    const lateMs = claim.notBefore === undefined ? receiptLateMs(anchorMs, window) : 0
    // Where nothing has to pass first, another watch may bring the consequence a moment before the receipt.
    const isEarly = earliestMs > 0 ? measuredMs + lateMs < earliestMs : seen.atMs < window.notBeforeMs
    if (isEarly && !stage.control) {
      entry.result.timing = 'early'
      if (claim.notBefore !== undefined || claim.isBrokenEarly) {
        const expected = `expected ${promise} no sooner than ${formatMs(earliestMs)} after ${event}`
        return entry.settle('violated', `${subject}: ${expected}, but ${seen.detail} at ${at(seen.atMs)}`)
      }
      const tooEarly = `${subject}: ${seen.detail} ${when}, before the fault could have led to it (${formatMs(earliestMs)} at the earliest): something else did it`
      const allowance = allowanceOf(claim, entry, window)
      // The receipt itself may have come late.
      return isExcused(earliestMs - measuredMs, allowance)
        ? entry.settle('inconclusive', `${tooEarly}, or this machine was too slow: ${allowance.because}`, {
            tooSlow: true,
          })
        : entry.settle('inconclusive', tooEarly)
    }
    if (measuredMs <= latestMs) {
      entry.result.timing = 'inside'
      return entry.settle('passed', `${subject}: ${seen.detail} ${when}`)
    }
  }
  const gap = gapIn(claim, window.sinceMs)
  if (gap) return entry.settle('inconclusive', `${subject}: ${gap}`)
  const expected = `${subject}: expected ${promise} within ${formatMs(latestMs)} of ${event} (by ${at(anchorMs + latestMs)})`
  if (seen.is === 'broken') {
    entry.result.measuredMs = seen.atMs - anchorMs
    return entry.settle('violated', `${expected}, but ${seen.detail} at ${at(seen.atMs)}`)
  }
  entry.result.timing = 'late'
  const lateMs = seen.is === 'held' ? seen.atMs - anchorMs - latestMs : undefined
  const last =
    seen.is === 'held'
      ? `${seen.detail} only at ${at(seen.atMs)}`
      : `${seen.lastSeen} at ${at(stage.recording.now())}`
  const allowance = allowanceOf(claim, entry, window)
  if (isExcused(lateMs, allowance)) {
    const by =
      lateMs === undefined ? ';' : `, after ${formatMs(latestMs + lateMs)}: ${formatMs(lateMs)} too late, but`
    return entry.settle(
      'inconclusive',
      `${expected}, but ${last}${by} this machine was too slow to judge: ${allowance.because}`,
      { tooSlow: true },
    )
  }
  const given =
    allowance.ms > 0 && window.lostMs === undefined
      ? `, past the ${formatMs(allowance.ms)} more that a slow machine was given: ${allowance.because}`
      : ''
  entry.settle('violated', `${expected}, but ${last}${given}`)
}

/** What a response is given beyond its window, by what is known of the machine now. None in a control run, which hurts nothing. */
export function allowanceOf({ stage }: Response, { result }: Entry, window: Window): Allowance {
  if (stage.control) return noAllowance
  const { recording } = stage
  const anchorMs = result.anchor?.atMs ?? 0
  const latestMs = window.lostMs === undefined ? window.latestMs : window.lostMs - anchorMs
  const { machineMs } = window
  return allowanceFor(recording.timeline, { anchorMs, latestMs, machineMs, nowMs: recording.now() })
}

/** Whether the machine may be to blame for what came so late, or had not come. */
export function isExcused(lateMs: number | undefined, { ms, beyondJudging }: Allowance): boolean {
  return beyondJudging || (lateMs !== undefined && lateMs <= ms)
}

/** A stretch that begins by `untilMs` in which a watch that the claim rests on may have missed something, as words. */
export function gapIn(claim: Claimed, sinceMs: number, untilMs = noEndMs): string | undefined {
  const { stage, rests } = claim
  // A fault that did not stay in place leaves every claim without its ground.
  const kinds = new Set<string>([...rests, 'probe'])
  const gap = stage.recording.timeline
    .of('gap')
    .find(
      ({ fromMs, toMs, detail }) =>
        !detail.unchanged && kinds.has(detail.watch) && (toMs ?? sinceMs) >= sinceMs && fromMs <= untilMs,
    )
  return gap ? wordsOf(gap) : spoiltIn(claim)
}

/**
 * What spoils all that was seen, as words: a step of the machine's clock, from which times are counted once, at the start,
 * a node's machine that somebody else has taken away, and whatever else befell the pods without a fault.
 */
export function spoiltIn({ stage }: Claimed): string | undefined {
  const spoilt = stage.recording.timeline
    .of('gap')
    .find(({ detail }) => detail.watch === 'clock' || detail.watch === 'machine')
  return spoilt ? wordsOf(spoilt) : interference(stage)
}

function wordsOf({ fromMs, toMs, detail }: Interval<'gap'>): string {
  return `the watch of ${detail.watch} has a gap from ${at(fromMs)} to ${at(toMs ?? 0)}: ${detail.reason}`
}
