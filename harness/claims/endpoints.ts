import type { Duration } from '../model/duration.ts'
import { predict } from '../predict/predict.ts'
import { holdsAt, type Span, spansOf } from '../timeline/spans.ts'
import { holdSteadyMs, isOpenIn } from '../timeline/steady.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Pod } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { at, type Judge } from './judgement.ts'
import { podSpecOf, situationOf } from './situation.ts'

export interface EndpointsOptions {
  within?: Duration
}

export interface JoinOptions extends EndpointsOptions {
  /** No sooner after the revert, or after the fault where that was not reverted, than so: not before enough successes. */
  notBefore?: Duration
}

/** The pod's endpoint is no longer ready, or gone, in every Service that it was in. */
export function toLeaveEndpoints(pod: Pod, options: EndpointsOptions, statement: string): Promise<void> {
  return respond({
    stage: pod.stage,
    podUid: pod.uid,
    statement,
    subject: pod.subject,
    promise: 'its endpoint to be no longer ready',
    judge: judgeLeft(pod.uid),
    rests: ['EndpointSlice'],
    predict: (fault) => predict.leavesEndpoints(situationOf(pod.stage, podSpecOf(pod), fault)),
    within: options.within,
  })
}

/** The pod's endpoint is ready again, after it was seen not to be. */
export function toJoinEndpoints(pod: Pod, options: JoinOptions, statement: string): Promise<void> {
  return respond({
    stage: pod.stage,
    podUid: pod.uid,
    statement,
    subject: pod.subject,
    promise: 'its endpoint to be ready again',
    judge: judgeJoined(pod.uid),
    rests: ['EndpointSlice'],
    predict: (fault) => predict.joinsEndpoints(situationOf(pod.stage, podSpecOf(pod), fault)),
    within: options.within,
    notBefore: options.notBefore,
    fromRevert: true,
    lastsMs: holdSteadyMs,
  })
}

export function judgeLeft(uid: string): Judge {
  return (timeline, sinceMs) => {
    const left = leftAt(timeline, uid, sinceMs)
    if (left === 'never in')
      return { is: 'unjudgeable', detail: 'was no ready endpoint of any Service before the fault' }
    if (left === 'still in') return { is: 'open', lastSeen: 'its endpoint was still ready' }
    return { is: 'held', atMs: left.atMs, detail: `left the endpoints of ${left.services} (${left.steps})` }
  }
}

export function judgeJoined(uid: string): Judge {
  return (timeline, sinceMs) => {
    const left = leftAt(timeline, uid, sinceMs)
    if (left === 'never in')
      return { is: 'unjudgeable', detail: 'was no ready endpoint of any Service before the fault' }
    if (left === 'still in') return { is: 'open', lastSeen: 'its endpoint had not been seen to leave' }
    const again = left.names.map((name) =>
      spansIn(timeline, uid, name).find((span) => span.fromMs > left.firstMs && span.toMs === null),
    )
    if (again.every((span) => span !== undefined)) {
      const atMs = Math.max(...again.map((span) => span.fromMs))
      return { is: 'held', atMs, detail: `was a ready endpoint of ${left.services} again` }
    }
    const gone = isOpenIn(timeline.of('pod', uid)) ? '' : ', and the pod is gone,'
    return { is: 'open', lastSeen: `its endpoint was not ready since ${at(left.firstMs)}${gone}` }
  }
}

/** When the last of the Services that the pod was a ready endpoint of at `sinceMs` lost it, and by what steps it went. */
function leftAt(timeline: Timeline, uid: string, sinceMs: number) {
  const all = [...new Set(timeline.of('endpoint-ready', uid).map(({ detail }) => detail.service))]
  const before = all.flatMap((name) => {
    const span = spansIn(timeline, uid, name).find((one) => holdsAt(one, sinceMs))
    return span ? [{ name, span }] : []
  })
  if (before.length === 0) return 'never in'
  const ends = before.flatMap(({ span }) => (span.toMs === null ? [] : [span.toMs]))
  if (ends.length < before.length) return 'still in'
  const atMs = Math.max(...ends)
  const names = before.map(({ name }) => name)
  return {
    ...{ atMs, firstMs: Math.min(...ends), names },
    services: `Service ${names.join(', ')}`,
    steps: stepsAfter(timeline, uid, atMs),
  }
}

/** When a pod was a ready endpoint of a Service, by whichever slice and address. */
function spansIn(timeline: Timeline, uid: string, service: string): Span[] {
  return spansOf(timeline.of('endpoint-ready', uid).filter(({ detail }) => detail.service === service))
}

/** Not every way of leaving has all three steps. */
function stepsAfter(timeline: Timeline, uid: string, leftMs: number): string {
  const endOf = (kind: 'endpoint-serving' | 'endpoint-listed') =>
    timeline.of(kind, uid).findLast(({ toMs }) => toMs !== null && toMs >= leftMs)?.toMs
  const serving = endOf('endpoint-serving')
  const gone = endOf('endpoint-listed')
  const steps = [`ready false at ${at(leftMs)}`]
  if (typeof serving === 'number') steps.push(`serving false at ${at(serving)}`)
  if (typeof gone === 'number') steps.push(`gone at ${at(gone)}`)
  return steps.join(', ')
}
