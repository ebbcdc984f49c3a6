import type { Duration } from '../model/duration.ts'
import { formatMs, toMs } from '../model/duration.ts'
import { RolypolyError, UsageError } from '../model/errors.ts'
import type { FaultRecord } from '../model/fault.ts'
import { hurtPods } from '../model/fault.ts'
import type { WatchedKind } from '../model/observation.ts'
import type { ClaimResult, Prediction } from '../model/result.ts'
import type { Stage } from '../workload/stage.ts'
import type { Workload } from '../workload/workload.ts'
import { allowanceOf, conclude, gapIn, isExcused, spoiltIn, type Window } from './conclude.ts'
import { untilDamaged } from './damage.ts'
import type { Judge, Judgement } from './judgement.ts'
import { at } from './judgement.ts'
import { machineShare, waitWithAllowance } from './late.ts'
import { type Entry, ledgerOf } from './ledger.ts'

/** What every claim has. */
export interface Claimed {
  stage: Stage
  /** As the scenario wrote it. */
  statement: string
  subject: string
  /** What is promised, as part of a sentence: `to restart`. */
  promise: string
  judge: Judge
  /** The watches that it rests on: a gap in one of them leaves it unjudged. */
  rests: (WatchedKind | 'traffic' | 'log')[]
}

/** A response: something must follow the fault. */
export interface Response extends Claimed {
  /** The window from the anchor in which Kubernetes should act; undefined where nothing should follow. */
  predict: (fault: FaultRecord) => Prediction | undefined
  /** Overrides the prediction: up to so long after the anchor. */
  within?: Duration | undefined
  /** Overrides the prediction's earliest time. */
  notBefore?: Duration | undefined
  /** What comes before its earliest time breaks the promise, and is no other's doing. */
  isBrokenEarly?: boolean
  /** The pod that it is about: its own last fault is the anchor. */
  podUid?: string
  /** What is waited for must last so long before it is believed, and to the end of the scenario. */
  lastsMs?: number
  /** What held may be taken back, when more is known: it must hold at the end of the scenario too. */
  mustHoldAtEnd?: boolean
  /** After the revert of such a fault alone can it follow, and is counted from there. */
  afterRevert?: (fault: FaultRecord) => boolean
  /** Counted from the revert where the fault has been reverted: what is waited for is the recovery. */
  fromRevert?: boolean
}

/** An invariant: something must hold throughout, from the first fault to the end of the scenario. */
export interface Invariant extends Claimed {
  /** The workload whose damage, once seen, says that the fault has taken its effect. */
  workload: Workload
  /** Watch on until so many milliseconds from the scenario's zero before it goes on; else until the damage was seen. */
  holdUntilMs?: (last: FaultRecord | undefined) => number | undefined
  /** Whether everything up to this time has been written down; awaited at the end of the scenario. */
  settled?: (untilMs: number) => boolean
  /** What is broken now may hold in the end, as a percentile does: it is judged then. */
  judgedAtEnd?: boolean
}

const settleWithinMs = 10_000
/** In a control run nothing was hurt: what is seen all the same is seen soon, as a rule. */
const controlWaitsMs = 60_000

/** Waits until a response is seen, is broken, or is late, and writes down what it came to. Never throws for that. */
export async function respond(claim: Response): Promise<void> {
  const { stage, judge } = claim
  const { recording } = stage
  const mine = ({ effect }: FaultRecord) =>
    claim.podUid !== undefined && hurtPods(effect).includes(claim.podUid)
  const fault = stage.faults.findLast(mine) ?? stage.faults.at(-1)
  if (!fault)
    throw new RolypolyError(`${claim.subject}: ${claim.statement} was claimed before any fault was injected`)
  const { anchor, sinceMs, notBeforeMs, landed } = anchorOf(
    fault,
    claim.fromRevert === true,
    claim.afterRevert?.(fault) === true,
  )
  const entry = ledgerOf(stage).open({ ...headOf(claim, 'response'), anchor })

  const within = claim.within === undefined ? undefined : toMs(claim.within)
  const predicted = claim.predict(fault)
  if (predicted) entry.result.predicted = predicted
  if (within !== undefined) entry.result.within = within
  const dueMs = within ?? predicted?.latestMs
  if (dueMs === undefined) {
    return entry.settle(
      'inconclusive',
      `${fault.kind} on ${fault.target} is not known to lead to this: say within when`,
    )
  }
  const latestMs = stage.control ? Math.min(dueMs, controlWaitsMs) : dueMs
  const usualMs = within === undefined ? (predicted?.earliestMs ?? 0) : 0
  const earliestMs = claim.notBefore === undefined ? usualMs : toMs(claim.notBefore)
  const machineMs = machineShare(predicted, within)
  const window: Window = { earliestMs, latestMs, machineMs, sinceMs, notBeforeMs, landed }
  const now = () => judge(recording.timeline, sinceMs)
  const decided = () => {
    const judgement = now()
    return judgement.is === 'open' ? undefined : judgement
  }
  const wait = async () =>
    (await waitWithAllowance(
      (untilMs) => recording.waitFor(decided, untilMs, stage.signal),
      anchor.atMs + latestMs,
      () => allowanceOf(claim, entry, window),
    )) ?? now()
  let seen = await wait()
  const { lastsMs = 0 } = claim
  for (let held = seen; lastsMs > 0 && held.is === 'held'; held = seen) {
    await stage.cluster.clock.sleep(Math.max(0, held.atMs + lastsMs - recording.now()), stage.signal)
    const again = now()
    if (again.is === 'held' && again.atMs === held.atMs) break
    seen = await wait()
  }
  conclude(claim, entry, seen, window)
  entry.atEnd = async () => {
    const isLastFault = fault === stage.faults.at(-1)
    reconsider(claim, entry, now(), window, lastsMs > 0 && isLastFault)
  }
}

/**
 * The last word on a response. What has been seen once can still turn out wrong, as a second restart does where one was
 * promised; what was late may have come meanwhile, and the machine may by now be known to have been slow.
 */
function reconsider(claim: Response, entry: Entry, last: Judgement, window: Window, mustLast: boolean): void {
  const { result } = entry
  const { verdict, timing, measuredMs } = result
  const excused = verdict === 'inconclusive' && timing === 'late'
  const held = verdict === 'passed' || (excused && measuredMs !== undefined)
  // Of what was broken before, the end knows more.
  const broken = verdict === 'violated' && timing !== 'late'
  if (last.is === 'broken' && (held || excused || broken)) return conclude(claim, entry, last, window)
  // What would be broken now, but for the machine, has not held either.
  if (last.is === 'unjudgeable' && last.tooSlow && held) return conclude(claim, entry, last, window)
  if (held) {
    if (last.is !== 'open') return
    if (mustLast) conclude(claim, entry, last, { ...window, lostMs: claim.stage.recording.now() })
    else if (claim.mustHoldAtEnd) conclude(claim, entry, last, window)
    return
  }
  if (timing !== 'late') return
  const anchorMs = result.anchor?.atMs ?? 0
  // It may have come by then, and have been missed.
  if (gapIn(claim, window.sinceMs, anchorMs + window.latestMs)) return conclude(claim, entry, last, window)
  if (last.is !== 'held') return
  const tookMs = last.atMs - anchorMs
  const lateMs = tookMs - window.latestMs
  // What is only learnt of late may have been in time.
  if (!excused && isExcused(lateMs, allowanceOf(claim, entry, window))) {
    return conclude(claim, entry, last, window)
  }
  result.measuredMs = tookMs
  result.message += `; it came ${formatMs(lateMs)} too late, at ${at(last.atMs)}`
}

/** Judges an invariant now, so that a broken one is told at once, and again at the end of the scenario. */
export async function hold(claim: Invariant): Promise<void> {
  const { stage, judge, subject } = claim
  const { recording } = stage
  const [fault] = stage.faults
  const last = stage.faults.at(-1)
  const askedUntilMs = claim.holdUntilMs?.(last)
  if (!fault && askedUntilMs === undefined) {
    throw new UsageError(
      `${subject}: ${claim.statement} was claimed before any fault was injected, and for no time`,
    )
  }
  const anchor = fault
    ? { event: `${fault.kind} was injected`, atMs: fault.injectedAtMs }
    : { event: 'the claim', atMs: recording.now() }
  const entry = ledgerOf(stage).open({ ...headOf(claim, 'invariant'), anchor })
  if (askedUntilMs !== undefined) entry.result.watchedMs = Math.max(0, askedUntilMs - anchor.atMs)
  const broken = () => {
    if (claim.judgedAtEnd) return undefined
    const now = judge(recording.timeline, anchor.atMs)
    return now.is === 'broken' || now.is === 'unjudgeable' ? now : undefined
  }
  if (askedUntilMs !== undefined) await recording.waitFor(broken, askedUntilMs, stage.signal)
  else if (last && !stage.control) await untilDamaged(claim, last, broken)

  entry.atEnd = async () => {
    const endMs = recording.now()
    let seen = judge(recording.timeline, anchor.atMs)
    if (claim.settled && seen.is !== 'broken') {
      const untilMs = endMs + settleWithinMs
      const isSettled = () => claim.settled?.(endMs) === true
      while (!isSettled() && recording.now() < untilMs) await stage.cluster.clock.sleep(20, stage.signal)
      seen = judge(recording.timeline, anchor.atMs)
      if (!isSettled() && seen.is !== 'broken') {
        return entry.settle('inconclusive', `${subject}: the record of the traffic is not complete`)
      }
    }
    const spoilt = spoiltIn(claim)
    if (spoilt) return entry.settle('inconclusive', `${subject}: ${spoilt}`)
    if (seen.is === 'broken') {
      entry.result.measuredMs = seen.atMs - anchor.atMs
      return entry.settle(
        'violated',
        `${subject}: expected ${claim.promise} from ${at(anchor.atMs)} on, but ${seen.detail} at ${at(seen.atMs)}`,
      )
    }
    const gap = gapIn(claim, anchor.atMs)
    if (gap) return entry.settle('inconclusive', `${subject}: ${gap}`)
    if (seen.is === 'unjudgeable') return entry.settle('inconclusive', `${subject}: ${seen.detail}`, seen)
    const detail = seen.is === 'held' ? seen.detail : seen.lastSeen
    delete entry.result.measuredMs
    entry.settle('passed', `${subject}: ${detail} from ${at(anchor.atMs)} to ${at(endMs)}`)
  }
  if (broken()) await entry.atEnd()
}

function headOf({ statement, subject }: Claimed, sort: ClaimResult['sort']) {
  return { statement, subject, sort }
}

/** What is waited for may be there before the node is given back, or the container goes on. */
const comesBackBefore: string[] = ['lose-node', 'cordon', 'drain', 'taint', 'freeze']

function anchorOf(
  { kind, effect, injectedAtMs, receipt, revertedAtMs }: FaultRecord,
  fromRevert: boolean,
  afterRevert: boolean,
) {
  // Another watch may bring a consequence before the receipt's own; nothing is due to the fault before it was injected.
  const landed = { event: `${kind} landed`, atMs: receipt?.atMs ?? injectedAtMs }
  const reverted = (atMs: number) => ({ event: `the revert of ${kind}`, atMs })
  if (afterRevert && revertedAtMs !== undefined) {
    const anchor = reverted(revertedAtMs)
    return { anchor, sinceMs: injectedAtMs, notBeforeMs: revertedAtMs, landed: undefined }
  }
  const endsWithRevert = [...comesBackBefore, 'fail-probe', 'lose-dependency'].includes(effect.does)
  if (!fromRevert || revertedAtMs === undefined || !endsWithRevert) {
    return { anchor: landed, sinceMs: injectedAtMs, notBeforeMs: injectedAtMs, landed: undefined }
  }
  const anchor = reverted(revertedAtMs)
  // Pods of a lost node may be replaced before it is back.
  const mayComeBefore =
    comesBackBefore.includes(effect.does) ||
    (effect.does === 'fail-probe' && !effect.probes.includes('readiness'))
  return {
    anchor,
    sinceMs: injectedAtMs,
    notBeforeMs: revertedAtMs,
    landed: mayComeBefore ? landed : undefined,
  }
}

/** True where a fault of the scenario has hurt this pod. */
export function isHurt({ faults }: Pick<Stage, 'faults'>, podUid: string): boolean {
  return faults.some(({ effect }) => hurtPods(effect).includes(podUid))
}
