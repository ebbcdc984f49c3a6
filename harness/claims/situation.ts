import { type FaultRecord, hurtPods } from '../model/fault.ts'
import type { Situation } from '../predict/predict.ts'
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
  { effect, injectedAtMs }: FaultRecord,
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
    ...(stage.timing && { cluster: stage.timing }),
  }
}
