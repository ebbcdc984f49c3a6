import type { FaultEffect, FaultRecord } from '../model/fault.ts'
import type { Interval } from '../model/interval.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import { at } from './judgement.ts'

type Does = FaultEffect['does']

/** The faults that take a node from its pods. */
const losesNode: readonly Does[] = ['lose-node', 'delete-node']

/**
 * Which faults lead to each reason of a pod's condition DisruptionTarget; none to what a kubelet ends for its node's sake,
 * or the scheduler for another pod's.
 * https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
 */
const leadsTo: Readonly<Record<string, readonly Does[]>> = {
  EvictionByEvictionAPI: ['delete-pod', 'drain'],
  DeletionByTaintManager: ['taint', ...losesNode, 'stop-control-plane'],
  DeletionByPodGC: losesNode,
  TerminationByKubelet: [],
  PreemptionByScheduler: [],
}

/**
 * What befell the scenario's pods though no fault of its own leads to it, as a sentence; undefined where nothing did. No
 * promise is broken by what came of it.
 */
export function interference({ recording, faults }: Pick<Stage, 'recording' | 'faults'>): string | undefined {
  const { timeline } = recording
  const told = shortNode(timeline) ?? lostNode(timeline, faults) ?? takenPod(timeline, faults)
  return told && `${told}, and by no fault of the scenario`
}

/**
 * A node that is short of memory, disk or PIDs evicts pods, and those that do not tolerate it are not put there.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction
 */
function shortNode(timeline: Timeline): string | undefined {
  const found = timeline.of('node-pressure').find(({ fromMs, toMs, detail: { name } }) => {
    const isMeanwhile = (one: Interval) =>
      one.fromMs <= (toMs ?? one.fromMs) && (one.toMs ?? fromMs) >= fromMs
    const isThere = (pod: Interval<'pod'>) => pod.detail.node === name && isMeanwhile(pod)
    const findsNone = (event: Interval<'event'>) =>
      event.detail.reason === 'FailedScheduling' && isMeanwhile(event)
    return timeline.of('pod').some(isThere) || timeline.of('event').some(findsNone)
  })
  if (!found) return undefined
  const { name, condition } = found.detail
  return `Node/${name} had ${condition} from ${at(found.fromMs)} on, by which pods are evicted and no others put there`
}

/** A node that had pods of the scenario's was deleted, or its kubelet was not heard of. */
function lostNode(timeline: Timeline, faults: readonly FaultRecord[]): string | undefined {
  const ends = [...timeline.of('node'), ...timeline.of('node-ready')]
  const found = ends.find(({ detail: { name }, toMs }) => {
    if (toMs === null) return false
    const isThere = (pod: Interval<'pod'>) =>
      pod.detail.node === name && pod.fromMs <= toMs && (pod.toMs ?? toMs) >= toMs
    const leads = ({ effect, injectedAtMs }: FaultRecord) =>
      injectedAtMs <= toMs &&
      (effect.does === 'stop-control-plane' ||
        (losesNode.includes(effect.does) && 'node' in effect && effect.node === name))
    return timeline.of('pod').some(isThere) && !faults.some(leads)
  })
  if (!found) return undefined
  const became = found.kind === 'node' ? 'was deleted' : 'was no longer Ready'
  return `Node/${found.detail.name} ${became} at ${at(found.toMs ?? 0)}, with pods of the scenario on it`
}

function takenPod(timeline: Timeline, faults: readonly FaultRecord[]): string | undefined {
  const found = timeline.of('pod-disrupted').find(({ uid, fromMs, detail: { reason } }) => {
    const leads = ({ effect, injectedAtMs }: FaultRecord) =>
      injectedAtMs <= fromMs &&
      leadsTo[reason]?.includes(effect.does) &&
      (effect.does !== 'delete-pod' || effect.podUid === uid)
    return reason in leadsTo && !faults.some(leads)
  })
  return found && `${found.subject} was taken away at ${at(found.fromMs)} (${found.detail.reason})`
}
