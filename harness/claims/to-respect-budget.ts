import { counted } from '../model/counted.ts'
import { UsageError } from '../model/errors.ts'
import type { Interval } from '../model/interval.ts'
import type { WorkloadShape } from '../model/observation.ts'
import { budgetsOf, keeps } from '../timeline/budgets.ts'
import { holdsAt } from '../timeline/spans.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Workload } from '../workload/workload.ts'
import { hold } from './claim.ts'
import type { Judge } from './judgement.ts'

export interface ToRespectBudgetOptions {
  /** So many evictions at least were refused; none has to be unless given. Left out of account in a control run. */
  refusals?: number
}

/**
 * No pod that was healthy goes where its PodDisruptionBudget needs it, whoever takes it away: an eviction that the API
 * server should have refused, an ordinary deletion, which asks no budget, or a taint. Pods that fall ill by themselves
 * spend the budget and break nothing.
 */
export function toRespectBudget(
  workload: Workload,
  options: ToRespectBudgetOptions,
  statement: string,
): Promise<void> {
  const { refusals = 0 } = options
  if (!Number.isInteger(refusals) || refusals < 0) {
    throw new UsageError(
      `toRespectBudget: refusals is ${JSON.stringify(refusals)}; a whole number from 0 on is expected`,
    )
  }
  const { stage, shape } = workload
  return hold({
    ...{ stage, workload, statement, subject: workload.subject },
    promise: `no pod to go that its budget needs${refusals > 0 ? `, and ${counted(refusals, 'eviction')} to be refused` : ''}`,
    judge: judgeBudget(shape, stage.control ? { refusals: 0 } : { refusals, asked: true }),
    rests: ['Pod', 'PodDisruptionBudget'],
    // A refusal may be still to come.
    ...(refusals > 0 && { judgedAtEnd: true }),
  })
}

/** What the budget needs is counted a moment after the size that it is counted from has changed. */
const countedMs = 1_000

export function judgeBudget(
  shape: WorkloadShape,
  { refusals, asked = false }: { refusals: number; asked?: boolean },
): Judge {
  return (timeline, sinceMs) => {
    const uids = budgetsOf(timeline, shape)
    if (uids.length === 0) {
      return { is: 'broken', atMs: sinceMs, detail: 'no PodDisruptionBudget keeps its pods' }
    }
    const seen = uids.map((uid) => lookAt(timeline, uid, sinceMs))
    const [broken] = seen.flatMap(({ broken }) => broken ?? []).sort((a, b) => a.atMs - b.atMs)
    if (broken) return { is: 'broken', ...broken }
    const [went, refused] = [sumOf(seen, 'went'), sumOf(seen, 'refused')]
    if (refused < refusals) {
      const detail = `only ${counted(refused, 'eviction')} had been refused`
      return { is: 'broken', atMs: timeline.lastMs, detail }
    }
    if (asked && went + refused === 0) {
      return { is: 'unjudgeable', detail: 'no pod was taken away, so nothing was asked of its budget' }
    }
    const told = seen.map(
      ({ name, fewest, desired }) => `${name} kept ${fewest} healthy of the ${desired} it needs`,
    )
    const lastSeen = `${told.join('; ')}: ${counted(went, 'pod')} went, ${counted(refused, 'eviction')} refused`
    return { is: 'open', lastSeen }
  }
}

function sumOf(seen: { went: number; refused: number }[], what: 'went' | 'refused'): number {
  return seen.reduce((sum, one) => sum + one[what], 0)
}

/** What happened to the pods that a budget keeps. */
function lookAt(timeline: Timeline, uid: string, sinceMs: number) {
  const budget = timeline.of('budget', uid)
  const last = budget.at(-1) as Interval<'budget'>
  const pods = timeline.of('pod').filter((pod) => keeps(last, pod))
  const evictions = pods.flatMap((pod) => timeline.of('eviction', pod.uid))
  const refused = evictions.filter(({ fromMs, detail }) => detail.refused && fromMs >= sinceMs).length
  const healthyAt = (atMs: number) => pods.filter((pod) => isHealthy(timeline, pod, atMs)).length
  const gone = pods
    .flatMap((pod) => {
      const atMs = leftAt(timeline, pod)
      return atMs !== undefined && atMs >= sinceMs && wasReady(timeline, pod, atMs) ? [{ pod, atMs }] : []
    })
    .sort((a, b) => a.atMs - b.atMs)
  let fewest = healthyAt(sinceMs)
  for (const { pod, atMs } of gone) {
    const healthy = healthyAt(atMs)
    fewest = Math.min(fewest, healthy)
    const needed = neededAt(budget, atMs)
    if (needed === undefined || healthy >= needed) continue
    const how = wayOf(timeline, pod, atMs)
    const detail = `${pod.detail.name} went ${how}, which left ${healthy} healthy of the ${needed} that budget ${last.detail.name} needs`
    return {
      name: last.detail.name,
      went: gone.length,
      refused,
      fewest,
      desired: needed,
      broken: { atMs, detail },
    }
  }
  const { name, desired } = last.detail
  return { name, went: gone.length, refused, fewest, desired, broken: undefined }
}

/** What the budget needed then, or was found to need a moment later, whichever is less; undefined where it did not say. */
function neededAt(budget: Interval<'budget'>[], atMs: number): number | undefined {
  const then = budget.filter(
    ({ fromMs, toMs }) => fromMs <= atMs + countedMs && (toMs === null || toMs > atMs),
  )
  return then.length === 0 ? undefined : Math.min(...then.map(({ detail }) => detail.desired))
}

function isHealthy(timeline: Timeline, pod: Interval<'pod'>, atMs: number): boolean {
  const leftMs = leftAt(timeline, pod)
  const isReady = timeline.of('pod-ready', pod.uid).some((ready) => holdsAt(ready, atMs))
  return isReady && (leftMs === undefined || leftMs > atMs)
}

/** Its deletion ends its readiness at once where it has no grace. */
function wasReady(timeline: Timeline, { uid }: Interval<'pod'>, atMs: number): boolean {
  return timeline
    .of('pod-ready', uid)
    .some(({ fromMs, toMs }) => fromMs < atMs && (toMs === null || toMs >= atMs))
}

function leftAt(timeline: Timeline, pod: Interval<'pod'>): number | undefined {
  return timeline.of('pod-terminating', pod.uid)[0]?.fromMs ?? pod.toMs ?? undefined
}

function wayOf(timeline: Timeline, { uid }: Interval<'pod'>, atMs: number): string {
  const reason = timeline.of('pod-disrupted', uid).find(({ fromMs }) => fromMs <= atMs)?.detail.reason
  if (reason === 'EvictionByEvictionAPI') return 'by an eviction'
  if (reason !== undefined) return `by ${reason}, which asks no budget`
  return 'by an ordinary deletion, which asks no budget'
}
