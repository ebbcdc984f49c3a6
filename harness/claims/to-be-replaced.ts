import type { Duration } from '../model/duration.ts'
import type { Interval, PodDetail } from '../model/interval.ts'
import { predict } from '../predict/predict.ts'
import { phaseOf, whyNotMade, whyNotReady } from '../timeline/steady.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Pod } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { at, type Judge, type Judgement } from './judgement.ts'
import { podSpecOf, situationOf } from './situation.ts'

export interface ToBeReplacedOptions {
  /** The replacement must run on another node than the pod did. */
  onAnotherNode?: boolean
  within?: Duration
  /** Not sooner than so long after the fault, where something keeps Kubernetes from it until then. */
  notBefore?: Duration
}

/** Another pod of the same owner stands in for this one, and is ready. The pod itself must be seen to go. */
export function toBeReplaced(pod: Pod, options: ToBeReplacedOptions, statement: string): Promise<void> {
  const { onAnotherNode = false, within, notBefore } = options
  return respond({
    stage: pod.stage,
    podUid: pod.uid,
    statement,
    subject: pod.subject,
    promise: `to be replaced by a ready pod${onAnotherNode ? ` on another node than ${pod.nodeName}` : ''}`,
    judge: judgeReplaced(pod.uid, onAnotherNode),
    rests: ['Pod'],
    predict: (fault) => {
      const { spec } = pod.workload.job ?? {}
      return predict.replaced({
        ...situationOf(pod.stage, podSpecOf(pod), fault),
        ...(spec && { job: spec }),
      })
    },
    within,
    notBefore,
  })
}

/**
 * Pairs the pods that an owner has lost with those that have become ready since, in order: the third pod lost is replaced
 * by the third new one that is ready. What it was still making up for when the fault came is somebody else's.
 */
export function judgeReplaced(uid: string, onAnotherNode: boolean): Judge {
  return (timeline, sinceMs): Judgement => {
    const [pod] = timeline.of('pod', uid)
    if (!pod) return { is: 'unjudgeable', detail: 'was never seen' }
    const { node } = pod.detail
    const owner = ownerOf(timeline, pod)
    const { ownerUid } = owner
    const leftMs = leavesAt(timeline, pod)
    if (leftMs === undefined)
      return { is: 'open', lastSeen: `it was still there, ${standingOf(timeline, pod)},` }
    if (leftMs < sinceMs) return { is: 'unjudgeable', detail: 'was on its way out before the fault' }
    if (!ownerUid) {
      return { is: 'broken', atMs: leftMs, detail: 'it has no controller that could replace it, and it went' }
    }
    const siblings = timeline.of('pod').filter((other) => ownerOf(timeline, other).ownerUid === ownerUid)
    const lost = siblings
      .flatMap((sibling) => {
        const ms = leavesAt(timeline, sibling)
        return ms !== undefined && ms >= sinceMs && sibling.fromMs < sinceMs ? [{ uid: sibling.uid, ms }] : []
      })
      .sort((a, b) => a.ms - b.ms)
    const made = siblings.filter(({ fromMs }) => fromMs >= sinceMs)
    const established = siblings.filter((sibling) => wasReadyAt(timeline, sibling, sinceMs))
    const owed = owedAt(timeline, ownerUid, established.length, sinceMs)
    const elsewhere = siblings.filter(({ detail }) => !onAnotherNode || detail.node !== node)
    const ready = (owed > 0 ? elsewhere : elsewhere.filter((sibling) => made.includes(sibling)))
      .flatMap((replacement) => {
        const [first] = timeline.of('pod-ready', replacement.uid)
        return first && first.fromMs >= sinceMs ? [{ replacement, ms: first.fromMs }] : []
      })
      .sort((a, b) => a.ms - b.ms)
    const mine = ready[owed + lost.findIndex((other) => other.uid === uid)]
    if (mine) {
      const { name, node: newNode } = mine.replacement.detail
      return {
        is: 'held',
        atMs: Math.max(mine.ms, leftMs),
        detail: `was replaced by ${name} on ${newNode}, ready`,
      }
    }
    return { is: 'open', lastSeen: standing(timeline, owner, made, leftMs) }
  }
}

function standing(timeline: Timeline, owner: Owner, made: Interval<'pod'>[], leftMs: number): string {
  const last = made.findLast(({ uid }) => timeline.of('pod-ready', uid).length === 0)
  if (!last) {
    const others = made.length === 0 ? 'no other pod' : `only ${made.length} for all that went`
    const why = whyNotMade(timeline, owner.ownerUid ?? '', leftMs)
    return `it went at ${at(leftMs)} and ${owner.ownerKind} ${owner.ownerName} had made ${others}${why}`
  }
  const where = last.detail.node ? ` on ${last.detail.node}` : ', not scheduled,'
  return `it went at ${at(leftMs)}, and ${last.detail.name}${where} ${whyNotReady(timeline, last)}`
}

/** True where it was there then, not on its way out, and had been ready before. */
function wasReadyAt(timeline: Timeline, pod: Interval<'pod'>, atMs: number): boolean {
  const leftMs = leavesAt(timeline, pod)
  const readyMs = timeline.of('pod-ready', pod.uid)[0]?.fromMs
  return (leftMs === undefined || leftMs >= atMs) && readyMs !== undefined && readyMs < atMs
}

/** How many pods their owner was still to bring up then: lost before, or asked for by another size. */
function owedAt(timeline: Timeline, ownerUid: string, there: number, atMs: number): number {
  const counts = timeline.of('replicas', ownerUid).findLast(({ fromMs }) => fromMs <= atMs)
  return counts ? Math.max(0, counts.detail.desired - there) : 0
}

type Owner = Pick<PodDetail, 'ownerKind' | 'ownerName' | 'ownerUid'>

/** Who controls a pod, or did until it let it go. */
function ownerOf(timeline: Timeline, { uid, detail }: Interval<'pod'>): Owner {
  return timeline.of('pod-released', uid).at(-1)?.detail ?? detail
}

function standingOf(timeline: Timeline, pod: Interval<'pod'>): string {
  const { ownerUid } = ownerOf(timeline, pod)
  return `phase ${phaseOf(timeline, pod.uid)}${ownerUid ? '' : ', with no controller that could replace it'}`
}

/** When a pod was seen to be lost to its owner: deletionTimestamp, failure, deletion or release, whatever came first. */
function leavesAt(timeline: Timeline, pod: Interval<'pod'>): number | undefined {
  const terminating = timeline.of('pod-terminating', pod.uid)[0]?.fromMs
  const failed = timeline.of('pod-phase', pod.uid).find(({ detail }) => detail.phase === 'Failed')?.fromMs
  const released = timeline.of('pod-released', pod.uid)[0]?.fromMs
  const times = [terminating, failed, released, pod.toMs].filter((ms) => typeof ms === 'number')
  return times.length > 0 ? Math.min(...times) : undefined
}
