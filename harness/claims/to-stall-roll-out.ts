import { counted } from '../model/counted.ts'
import type { Duration } from '../model/duration.ts'
import type { WorkloadShape } from '../model/observation.ts'
import { predict } from '../predict/predict.ts'
import { type RollOutTiming, rollOutLimits } from '../predict/roll-out.ts'
import { newSetSince } from '../timeline/revisions.ts'
import { holdsAt } from '../timeline/spans.ts'
import { isOpenIn, whyNotReady } from '../timeline/steady.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Workload } from '../workload/workload.ts'
import { respond } from './claim.ts'
import type { Judge } from './judgement.ts'
import { workloadSituation } from './situation.ts'
import { countsFrom, readyPods, spansByPod } from './to-keep-available.ts'
import { deploymentUidOf, judgeRolledOut } from './to-roll-out.ts'

export interface ToStallRollOutOptions {
  within?: Duration
}

/**
 * The Deployment tells that its roll-out makes no progress, for the new pods do not get ready; until then never fewer
 * pods were ready than those desired less its maxUnavailable.
 */
export function toStallRollOut(
  workload: Workload,
  options: ToStallRollOutOptions,
  statement: string,
): Promise<void> {
  const uid = deploymentUidOf(workload, 'toStallRollOut')
  const { stage, shape } = workload
  const { timeline } = stage.recording
  const { replicas, ...spec } = (workload.deployment?.spec ?? {}) as RollOutTiming
  const { desired, unavailable } = rollOutLimits({
    ...spec,
    replicas: timeline.of('replicas', uid).at(-1)?.detail.desired ?? replicas,
  })
  const least = desired - unavailable
  return respond({
    ...{ stage, statement, subject: workload.subject },
    promise: `its roll-out to stall with ${counted(least, 'pod')} ready throughout`,
    judge: judgeStalled(shape, uid, least),
    rests: ['Pod', 'Deployment', 'ReplicaSet'],
    predict: (fault) => predict.stalls(workloadSituation(stage, workload, fault)),
    within: options.within,
  })
}

export function judgeStalled(shape: WorkloadShape, uid: string, least: number): Judge {
  const rolledOut = judgeRolledOut(shape, uid)
  return (timeline, sinceMs) => {
    const set = newSetSince(timeline, uid, sinceMs)
    if (!set) return { is: 'open', lastSeen: 'it had made no ReplicaSet of the new template' }
    const told = timeline
      .of('progressing', uid)
      .find(
        ({ fromMs, detail }) =>
          fromMs >= set.fromMs && detail.status === 'False' && detail.reason === 'ProgressDeadlineExceeded',
      )
    const untilMs = told?.fromMs ?? Number.POSITIVE_INFINITY
    const counts = countsFrom(spansByPod(readyPods(timeline, shape)), sinceMs)
    const few = counts.find(([atMs, count]) => atMs <= untilMs && count < least)
    if (few) return { is: 'broken', atMs: few[0], detail: `there were only ${few[1]} ready pods` }
    if (!told) {
      const through = rolledOut(timeline, sinceMs)
      if (through.is === 'held') return { is: 'broken', atMs: through.atMs, detail: 'it was rolled out' }
      const standing = through.is === 'open' ? through.lastSeen : ''
      return { is: 'open', lastSeen: `it had not told of a stall: ${standing}` }
    }
    const fresh = timeline.of('pod').filter(({ detail }) => detail.ownerUid === set.uid)
    const readyThen = fresh.filter((pod) => isReadyAt(timeline, pod.uid, told.fromMs))
    if (fresh.length > 0 && readyThen.length === fresh.length) {
      return { is: 'open', lastSeen: `it told of a stall, but every pod of ReplicaSet ${set.name} was ready` }
    }
    const [stuck] = fresh.filter((pod) => !readyThen.includes(pod) && isOpenIn([pod]))
    const why = stuck ? `: ${stuck.detail.name} ${whyNotReady(timeline, stuck)}` : ''
    const ready = counts.findLast(([atMs]) => atMs <= untilMs)?.[1] ?? 0
    const detail = `told that ReplicaSet ${set.name} made no progress${why}; ${counted(ready, 'pod')} ready`
    return { is: 'held', atMs: told.fromMs, detail }
  }
}

function isReadyAt(timeline: Timeline, podUid: string, atMs: number): boolean {
  return timeline.of('pod-ready', podUid).some((ready) => holdsAt(ready, atMs))
}
