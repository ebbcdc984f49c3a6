import type { Duration } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import type { Interval } from '../model/interval.ts'
import { predict } from '../predict/predict.ts'
import { holdSteadyMs } from '../timeline/steady.ts'
import type { Workload } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { at, type Judge } from './judgement.ts'
import { workloadSituation } from './situation.ts'

export interface ToConvergeOptions {
  within?: Duration
}

/** The counts of a Deployment, in the order in which one follows the other. */
const counts = ['desired', 'current', 'ready'] as const

/**
 * A Deployment's own counts agree again, after they were seen not to: as many pods are there and ready as are desired.
 * The time at which each came to that number is told.
 */
export function toConverge(workload: Workload, options: ToConvergeOptions, statement: string): Promise<void> {
  const { stage, subject, deployment } = workload
  const uid = deployment?.metadata?.uid
  if (uid === undefined) {
    throw new UsageError(
      `${subject}: toConverge is a claim about a workload of one Deployment, which this is not`,
    )
  }
  return respond({
    ...{ stage, statement, subject, within: options.within },
    promise: 'the desired, current and ready counts to agree again',
    judge: judgeConverged(uid),
    rests: ['Deployment'],
    predict: (fault) => predict.recovers(workloadSituation(stage, workload, fault)),
    fromRevert: true,
    lastsMs: holdSteadyMs,
  })
}

export function judgeConverged(uid: string): Judge {
  return (timeline, sinceMs) => {
    const told = timeline.of('replicas', uid)
    const before = told.findLast(({ fromMs }) => fromMs < sinceMs)
    if (!before || !agree(before)) {
      return { is: 'unjudgeable', detail: 'its counts did not agree when the fault was injected' }
    }
    const now = told.at(-1)
    if (!now || !told.some((one) => one.fromMs >= sinceMs && !agree(one))) {
      return { is: 'open', lastSeen: `its counts were not seen to differ (${words(now)})` }
    }
    if (now.toMs !== null) return { is: 'broken', atMs: now.toMs, detail: 'it was deleted' }
    if (!agree(now)) return { is: 'open', lastSeen: `its counts did not agree: ${words(now)}` }
    const since = counts.map((count) => heldFrom(told, (one) => one.detail[count] === now.detail.desired))
    const reached = counts.map((what, n) => ({ what, atMs: since[n] ?? 0 }))
    const times = reached.map(({ what: count, atMs: fromMs }) => {
      return `${count} ${now.detail.desired} ${fromMs < sinceMs ? 'all along' : `from ${at(fromMs)} on`}`
    })
    const detail = `its counts agreed (${times.join(', ')})`
    return { is: 'held', atMs: Math.max(...since), detail, reached }
  }
}

function agree({ detail: { desired, current, ready } }: Interval<'replicas'>): boolean {
  return current === desired && ready === desired
}

/** Since when this has been so without a break. */
function heldFrom(told: Interval<'replicas'>[], is: (one: Interval<'replicas'>) => boolean): number {
  const unlike = told.findLastIndex((one) => !is(one))
  return told[unlike + 1]?.fromMs ?? 0
}

function words(one: Interval<'replicas'> | undefined): string {
  return counts.map((count) => `${count} ${one?.detail[count] ?? 'unknown'}`).join(', ')
}
