import type { Duration } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import type { WorkloadShape } from '../model/observation.ts'
import { predict } from '../predict/predict.ts'
import { newSetSince } from '../timeline/revisions.ts'
import { holdSteadyMs, isOpenIn, livePods, steadiness, whyNotReady } from '../timeline/steady.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Workload } from '../workload/workload.ts'
import { respond } from './claim.ts'
import type { Judge } from './judgement.ts'
import { workloadSituation } from './situation.ts'

export interface ToRollOutOptions {
  within?: Duration
}

/** Every pod is of the new template, as many as are desired are ready and in their Services, and no old one is. */
export function toRollOut(workload: Workload, options: ToRollOutOptions, statement: string): Promise<void> {
  return respond({
    stage: workload.stage,
    statement,
    subject: workload.subject,
    promise: 'every pod to be a ready one of the new template, in its Service',
    judge: judgeRolledOut(workload.shape, deploymentUidOf(workload, 'toRollOut')),
    rests: ['Pod', 'EndpointSlice', 'Deployment', 'ReplicaSet'],
    predict: (fault) => predict.rollsOut(workloadSituation(workload.stage, workload, fault)),
    within: options.within,
    lastsMs: holdSteadyMs,
  })
}

/** @throws UsageError where the workload is not one Deployment. */
export function deploymentUidOf({ subject, shape }: Workload, claim: string): string {
  const [root, another] = shape.roots
  if (root?.kind === 'Deployment' && !another) return root.uid
  throw new UsageError(
    `${subject}: ${claim} is a claim about a workload of one Deployment, which this is not`,
  )
}

export function judgeRolledOut(shape: WorkloadShape, uid: string): Judge {
  return (timeline, sinceMs) => {
    const set = newSetSince(timeline, uid, sinceMs)
    if (!set) return { is: 'open', lastSeen: 'it had made no ReplicaSet of the new template' }
    const live = livePods(timeline, shape.roots)
    const old = live.filter(({ detail }) => detail.ownerUid !== set.uid)
    const last = timeline.of('steady', shape.name).at(-1)
    const listed = timeline
      .of('endpoint-ready')
      .filter((endpoint) => isOld(timeline, endpoint.uid, uid, set.uid))
    if (old.length === 0 && last && last.toMs === null && !isOpenIn(listed)) {
      const left = listed.map(({ toMs }) => toMs ?? 0)
      const atMs = Math.max(set.fromMs, last.fromMs, ...left)
      return { is: 'held', atMs, detail: `every pod was a ready one of ReplicaSet ${set.name}` }
    }
    const fresh = live.filter(({ detail }) => detail.ownerUid === set.uid)
    const waiting = fresh.filter((pod) => !isOpenIn(timeline.of('pod-ready', pod.uid)))
    const why = waiting.map((pod) => `; ${pod.detail.name} ${whyNotReady(timeline, pod)}`)
    const now = steadiness(timeline, shape)
    const missing = why.length > 0 || old.length > 0 || now.steady ? '' : `; ${now.missing}`
    const ready = fresh.length - waiting.length
    const pods = `${ready} pods of ReplicaSet ${set.name} were ready, and ${old.length} older ones were there`
    return { is: 'open', lastSeen: `${pods}${why.join('')}${missing}` }
  }
}

/** A pod of the Deployment, of another ReplicaSet than this one. */
function isOld(timeline: Timeline, podUid: string, deploymentUid: string, setUid: string): boolean {
  return timeline.isControlledBy(podUid, deploymentUid) && !timeline.isControlledBy(podUid, setUid)
}
