import type { Interval } from '../model/interval.ts'
import type { Timeline } from './timeline.ts'

/** The ReplicaSet that a change of its Deployment's template made, or made the newest again. */
export interface NewSet {
  uid: string
  name: string
  revision: number
  /** When it was first seen to be that revision. */
  fromMs: number
}

/**
 * The highest revision that a Deployment's ReplicaSets had at a time; 0 before there is one. Each change of the template
 * makes another, a return to an older one too.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-to-a-previous-revision
 */
export function revisionAt(timeline: Timeline, deploymentUid: string, atMs: number): number {
  const then = revisionsOf(timeline, deploymentUid).filter(({ fromMs }) => fromMs <= atMs)
  return Math.max(0, ...then.map(({ detail }) => detail.revision))
}

/** The ReplicaSet of the first change of the template after a time; undefined until there is one. */
export function newSetSince(timeline: Timeline, deploymentUid: string, sinceMs: number): NewSet | undefined {
  const before = revisionAt(timeline, deploymentUid, sinceMs)
  const [first] = revisionsOf(timeline, deploymentUid)
    .filter(({ detail }) => detail.revision > before)
    .sort((a, b) => a.detail.revision - b.detail.revision)
  return first && { uid: first.uid, fromMs: first.fromMs, ...first.detail }
}

function revisionsOf(timeline: Timeline, deploymentUid: string): Interval<'revision'>[] {
  return timeline.of('revision').filter(({ uid }) => timeline.isControlledBy(uid, deploymentUid))
}
