import { type FaultEffect, type FaultRecord, hurtPods } from '../model/fault.ts'
import type { Interval } from '../model/interval.ts'
import type { Situation } from '../predict/predict.ts'
import type { RollOutTiming } from '../predict/roll-out.ts'
import { newSetSince } from '../timeline/revisions.ts'
import { holdsAt } from '../timeline/spans.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import type { Pod, PodSpec, Workload } from '../workload/workload.ts'

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
    ...(effect.does === 'lose-node' && { nodesLost: nodesLost(stage.faults, injectedAtMs) }),
    readyTookMs: readyTook(
      stage.recording.timeline,
      siblings(stage.recording.timeline, effect),
      injectedAtMs,
    ),
    ...(stage.timing && { cluster: stage.timing }),
  }
}

/** How many nodes are lost from then on, by these faults. */
function nodesLost(faults: FaultRecord[], sinceMs: number): number {
  const lasting = faults.filter(({ revertedAtMs }) => revertedAtMs === undefined || revertedAtMs >= sinceMs)
  return new Set(lasting.flatMap(({ effect }) => (effect.does === 'lose-node' ? [effect.node] : []))).size
}

/** What they need to know of a workload whose Deployment a fault may have changed. */
export function workloadSituation(stage: Stage, workload: Workload, fault: FaultRecord): Situation {
  const situation = situationOf(stage, workload.podSpec, fault)
  const { effect, injectedAtMs } = fault
  if (effect.does !== 'scale' && effect.does !== 'roll-out') return situation
  const { timeline } = stage.recording
  const { deployment: uid } = effect
  const { replicas, ...spec } = workload.deployment?.spec ?? {}
  const set = newSetSince(timeline, uid, injectedAtMs)
  const isGoing = ({ fromMs }: Interval) => fromMs <= injectedAtMs
  const isKept = (pod: Interval<'pod'>) =>
    pod.detail.ownerUid === set?.uid &&
    holdsAt(pod, injectedAtMs) &&
    !timeline.of('pod-terminating', pod.uid).some(isGoing)
  const rollOut = {
    ...(spec as RollOutTiming),
    replicas: timeline.of('replicas', uid).at(-1)?.detail.desired ?? replicas,
    kept: timeline.of('pod').filter(isKept).length,
    old: workload.podSpecBefore,
  }
  return { ...situation, rollOut }
}

/** The pods of a Deployment that is changed, whether the change hurts them or not; the hurt ones of any other fault. */
function siblings(timeline: Timeline, effect: FaultEffect): string[] {
  if (effect.does !== 'scale' && effect.does !== 'roll-out') return hurtPods(effect)
  const pods = timeline.of('pod').filter(({ uid }) => timeline.isControlledBy(uid, effect.deployment))
  return pods.map(({ uid }) => uid)
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
