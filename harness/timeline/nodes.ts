import type { Interval } from '../model/interval.ts'
import type { Timeline } from './timeline.ts'

/** Why a pod was taken away, where it was for its node's sake or for another pod's: no fault leads to that. */
const takenBySomethingElse = ['TerminationByKubelet', 'PreemptionByScheduler']

/**
 * What befell the pods of a scenario because a node was short of memory, disk or anything else, as a sentence; undefined
 * where nothing did. Such a node evicts pods, and those that do not tolerate it are not put there
 * (https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction). What else is taken for a node's sake is
 * told by a pod's condition DisruptionTarget
 * (https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions).
 */
export function shortNode(timeline: Timeline): string | undefined {
  const pressed = timeline.of('node-pressure').find((interval) => bearsOnPods(timeline, interval))
  if (pressed) {
    const { name, condition } = pressed.detail
    return `Node/${name} had ${condition} from ${seconds(pressed.fromMs)} on, and not by the scenario: its kubelet evicts pods, and no others are put there`
  }
  const taken = timeline
    .of('pod-disrupted')
    .find(({ detail }) => takenBySomethingElse.includes(detail.reason))
  return (
    taken &&
    `${taken.subject} was taken away at ${seconds(taken.fromMs)} for the sake of its node or of another pod (${taken.detail.reason}), and not by the scenario`
  )
}

/** A pod was on it meanwhile, or found no node at all. */
function bearsOnPods(
  timeline: Timeline,
  { fromMs, toMs, detail: { name } }: Interval<'node-pressure'>,
): boolean {
  const isMeanwhile = (one: Interval) => one.fromMs <= (toMs ?? one.fromMs) && (one.toMs ?? fromMs) >= fromMs
  return (
    timeline.of('pod').some((pod) => pod.detail.node === name && isMeanwhile(pod)) ||
    timeline.of('event').some((event) => event.detail.reason === 'FailedScheduling' && isMeanwhile(event))
  )
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`
}
