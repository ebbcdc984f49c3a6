import { isTerminalPhase } from '../../../model/pod-phase.ts'
import type { PodObject } from '../../kube.ts'
import { conditionOf, withCondition } from './conditions.ts'

/** It has ended for good. */
export function isTerminal(pod: PodObject): boolean {
  return isTerminalPhase(pod.status?.phase)
}

export function isTerminating(pod: PodObject): boolean {
  return pod.metadata?.deletionTimestamp !== undefined
}

/** Counted by its controller: kubernetes/pkg/controller/controller_utils.go: IsPodActive. */
export function isActive(pod: PodObject): boolean {
  return !isTerminal(pod) && !isTerminating(pod)
}

export function isReady(pod: PodObject): boolean {
  return conditionOf(pod.status?.conditions, 'Ready')?.status === 'True'
}

/** Since when it is ready, in milliseconds since the epoch; undefined where it is not. */
export function readySince(pod: PodObject): number | undefined {
  const ready = conditionOf(pod.status?.conditions, 'Ready')
  if (ready?.status !== 'True' || !ready.lastTransitionTime) return undefined
  return Date.parse(ready.lastTransitionTime)
}

/**
 * How long until a ready pod is available, in milliseconds: 0 where it is, undefined where it is not ready.
 * kubernetes/pkg/api/v1/pod/util.go: IsPodAvailable.
 */
export function availableIn(pod: PodObject, minReadySeconds: number, nowEpochMs: number): number | undefined {
  if (!isReady(pod)) return undefined
  if (minReadySeconds <= 0) return 0
  const since = readySince(pod)
  return since === undefined ? undefined : Math.max(0, since + minReadySeconds * 1_000 - nowEpochMs)
}

/** It was ended by somebody, and this is by whom: kubernetes/pkg/apis/core/types.go: DisruptionTarget. */
export function withDisruption(pod: PodObject, reason: string, message: string, now: string): PodObject {
  const { generation: observedGeneration = 1 } = pod.metadata ?? {}
  const told = { reason, message, lastTransitionTime: now }
  const condition = { type: 'DisruptionTarget', observedGeneration, status: 'True', ...told }
  return {
    ...pod,
    status: { ...pod.status, conditions: withCondition(pod.status?.conditions, condition) },
  } as PodObject
}

type Ranked = { pod: PodObject; rank: number }

/**
 * The pods in the order in which a controller that has too many deletes them.
 * kubernetes/pkg/controller/controller_utils.go: ActivePodsWithRanks.
 *
 * @param rankOf how many pods of the same workload run on its node: where most are, one goes first
 */
export function inDeletionOrder(
  pods: readonly PodObject[],
  rankOf: (pod: PodObject) => number,
  nowEpochMs: number,
): PodObject[] {
  return pods
    .map((pod) => ({ pod, rank: rankOf(pod) }))
    .sort((a, b) => compare(a, b, nowEpochMs))
    .map(({ pod }) => pod)
}

const phases = ['Pending', 'Unknown', 'Running']

function compare(a: Ranked, b: Ranked, nowEpochMs: number): number {
  const assigned = Number(Boolean(a.pod.spec?.nodeName)) - Number(Boolean(b.pod.spec?.nodeName))
  if (assigned !== 0) return assigned
  const phase = phases.indexOf(a.pod.status?.phase ?? '') - phases.indexOf(b.pod.status?.phase ?? '')
  if (phase !== 0) return phase
  const ready = Number(isReady(a.pod)) - Number(isReady(b.pod))
  if (ready !== 0) return ready
  const cost = deletionCost(a.pod) - deletionCost(b.pod)
  if (cost !== 0) return cost
  if (a.pod.spec?.nodeName && b.pod.spec?.nodeName && a.rank !== b.rank) return b.rank - a.rank
  const [readyA, readyB] = [readySince(a.pod), readySince(b.pod)]
  if (readyA !== undefined && readyB !== undefined && readyA !== readyB) {
    return byAge(readyA, readyB, nowEpochMs) || byUid(a.pod, b.pod)
  }
  const restarts = restartsOf(b.pod) - restartsOf(a.pod)
  if (restarts !== 0) return restarts
  const [madeA, madeB] = [createdAt(a.pod), createdAt(b.pod)]
  return (madeA === madeB ? 0 : byAge(madeA, madeB, nowEpochMs)) || byUid(a.pod, b.pod)
}

/** The younger first, on a logarithmic scale: ages of the same size are the same. */
function byAge(a: number, b: number, nowEpochMs: number): number {
  const size = (since: number) => {
    const age = (nowEpochMs - since) * 1e6
    return age > 0 ? Math.floor(Math.log2(age)) : -1
  }
  return size(a) - size(b)
}

function byUid(a: PodObject, b: PodObject): number {
  return (a.metadata?.uid ?? '') < (b.metadata?.uid ?? '') ? -1 : 1
}

function createdAt(pod: PodObject): number {
  return Date.parse(pod.metadata?.creationTimestamp ?? '')
}

function deletionCost(pod: PodObject): number {
  return Number(pod.metadata?.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0)
}

function restartsOf(pod: PodObject): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount))
}
