import { type FaultRecord, hurtPods } from '../model/fault.ts'
import type { Situation } from '../predict/predict.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import type { Pod, PodSpec } from '../workload/workload.ts'

/** A pod's own spec: a workload may be made of several. */
export function podSpecOf(pod: Pod): PodSpec {
  return pod.object.spec ?? pod.workload.podSpec
}

/** What predictions need to know of a fault and of the pods that it hurts. */
export function situationOf(
  stage: Stage,
  pod: PodSpec,
  { effect, injectedAtMs, revertedAtMs }: FaultRecord,
  container?: string,
): Situation {
  const name = container ?? ('container' in effect ? effect.container : undefined)
  const before = hurtPods(effect)
    .flatMap((uid) => stage.recording.timeline.of('container-running', uid))
    .filter(
      ({ fromMs, detail }) => fromMs <= injectedAtMs && (name === undefined || detail.container === name),
    )
  return {
    effect,
    pod,
    restartsBefore: Math.max(0, ...before.map(({ detail }) => detail.restartCount)),
    ...(name !== undefined && { container: name }),
    reverted: revertedAtMs !== undefined,
    readyTookMs: readyTook(stage.recording.timeline, hurtPods(effect), injectedAtMs),
    ...(stage.timing && { cluster: stage.timing }),
  }
}

/** The longest that one of these pods, or another of the same owner, took to become ready before the fault. */
function readyTook(timeline: Timeline, uids: string[], beforeMs: number): number {
  const owners = new Set(uids.flatMap((uid) => timeline.of('pod', uid)[0]?.detail.ownerUid ?? []))
  const took = timeline.of('pod').flatMap(({ uid, detail }) => {
    if (!uids.includes(uid) && !(detail.ownerUid !== null && owners.has(detail.ownerUid))) return []
    const [ready] = timeline.of('pod-ready', uid)
    const [running] = timeline.of('container-running', uid)
    return ready && running && ready.fromMs <= beforeMs ? [ready.fromMs - running.fromMs] : []
  })
  return Math.max(0, ...took)
}
