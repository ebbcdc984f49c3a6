import { type ResolvedTiming, resolveTiming, timingSources } from '../model/cluster-timing.ts'
import { formatMs } from '../model/duration.ts'
import type { NodeLoss, NodeTaint } from '../model/fault.ts'
import type { Term } from '../model/result.ts'
import { podStarts } from './pods.ts'
import { readyUnderNewKubelet, untilReady } from './probes.ts'
import type { PodTiming, Toleration } from './spec.ts'
import { apiReached, kubeletStarts, nodeBoots, period, taintEvicts } from './terms.ts'

/** PodGC looks for pods of nodes that are gone, and waits before it believes it. */
export function podGc({ podGcQuarantineMs, podGcPeriodMs }: ResolvedTiming): Term[] {
  return [
    period(
      'PodGC believes that the node is gone (quarantine)',
      [podGcQuarantineMs, podGcQuarantineMs],
      timingSources.podGcQuarantineMs,
    ),
    period('PodGC looks again, twice at most', [0, 2 * podGcPeriodMs], timingSources.podGcPeriodMs),
  ]
}

/** k8s.io/component-helpers/apimachinery/lease/controller.go: each renewal comes up to 4 % later than the period. */
const leaseJitter = 0.04

/**
 * From a node's loss to the node controller's decision that it is gone, with which its pods are no longer ready. Counted
 * from the look at which the controller first saw the last heartbeat, so up to two looks come on top.
 */
export function foundSilent(timing: ResolvedTiming): Term[] {
  const { nodeMonitorGraceMs, nodeMonitorPeriodMs, nodeLeaseRenewMs } = timing
  const oldestMs = Math.round(nodeLeaseRenewMs * (1 + leaseJitter))
  return [
    period(
      `the node monitor grace period, from a last heartbeat up to ${oldestMs / 1_000} s old`,
      [Math.max(0, nodeMonitorGraceMs - oldestMs), nodeMonitorGraceMs],
      `${timingSources.nodeMonitorGraceMs}; ${timingSources.nodeLeaseRenewMs}`,
    ),
    period(
      'the node controller looks: sees that heartbeat, misses the next',
      [0, 2 * nodeMonitorPeriodMs],
      timingSources.nodeMonitorPeriodMs,
    ),
  ]
}

/** How often the node controller looks whether a node may be tainted: kubernetes/pkg/controller/nodelifecycle/scheduler: NodeEvictionPeriod. */
const taintPassMs = 100

const unreachable = 'node.kubernetes.io/unreachable'

/**
 * How long a pod stays bound to a node that is unreachable, in milliseconds; undefined where it is for ever. The first
 * toleration that matches counts; the API server adds one where there is none.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions
 */
export function tolerationMs({ tolerations = [] }: PodTiming, timing: ResolvedTiming): number | undefined {
  const mine = tolerations.find(toleratesUnreachable)
  const seconds = mine ? mine.tolerationSeconds : timing.defaultTolerationSeconds
  return seconds === undefined ? undefined : Math.max(0, seconds) * 1_000
}

function toleratesUnreachable(toleration: Toleration): boolean {
  return tolerates(toleration, { key: unreachable, effect: 'NoExecute' })
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#concepts */
function tolerates({ key = '', operator = 'Equal', value = '', effect = '' }: Toleration, taint: NodeTaint) {
  if (effect !== '' && effect !== taint.effect) return false
  if (operator === 'Exists') return key === '' || key === taint.key
  return key === taint.key && value === (taint.value ?? '')
}

/**
 * From a taint to the deletion of a pod on its node; undefined where the pod stays. The first toleration that matches
 * counts. kubernetes/pkg/controller/tainteviction/taint_eviction.go: processPodOnNode.
 */
export function toleratedTerms({ tolerations = [] }: PodTiming, taint: NodeTaint): Term[] | undefined {
  if (taint.effect !== 'NoExecute') return undefined
  const mine = tolerations.find((toleration) => tolerates(toleration, taint))
  if (!mine) return [taintEvicts]
  if (mine.tolerationSeconds === undefined) return undefined
  const ms = Math.max(0, mine.tolerationSeconds) * 1_000
  return [
    period(`tolerationSeconds for ${taint.key}`, [ms, ms], timingSources.defaultTolerationSeconds),
    taintEvicts,
  ]
}

/**
 * From that decision to the pod's deletion, where so many nodes are lost; undefined where it is never evicted. A zone's
 * silent nodes are tainted at a rate, and a try that comes before the controller is told of its own decision taints none,
 * but counts. Before 1.34 the node is tainted at the look after: https://github.com/kubernetes/kubernetes/pull/120816
 */
export function evictedByTaint(pod: PodTiming, timing: ResolvedTiming, nodesLost = 1): Term[] | undefined {
  const ms = tolerationMs(pod, timing)
  const { nodeEvictionRate: rate } = timing
  if (ms === undefined || rate <= 0) return undefined
  const everyMs = Math.round(1_000 / rate)
  return [
    period(
      `the node is tainted, one of a zone in ${formatMs(everyMs)}, where one try may be in vain`,
      [0, nodesLost * everyMs + taintPassMs],
      timingSources.nodeEvictionRate,
    ),
    period(`tolerationSeconds for ${unreachable}`, [ms, ms], timingSources.defaultTolerationSeconds),
  ]
}

/**
 * From the end of a partition to the kubelet's knowing of the pods that were evicted meanwhile; undefined where no kubelet
 * that goes on could be told so, or nothing was evicted. Its watch is begun anew with a back-off of its own.
 */
export function hearsOfItsEviction(how: NodeLoss, pod: PodTiming): Term[] | undefined {
  if (how !== 'partitioned' || tolerationMs(pod, resolveTiming()) === undefined) return undefined
  return [apiReached, period('the kubelet lists its pods anew', [0, 30_000], reflector)]
}

const reflector = 'k8s.io/client-go/tools/cache/reflector.go: its back-off is at most 30 s'

const statusManager = 'kubernetes/pkg/kubelet/status/status_manager.go: syncPeriod'

/**
 * From a node's return to the readiness of a pod that has not been evicted from it. A machine that was off starts its
 * containers again; otherwise they have gone on running.
 */
export function nodeReturns(how: NodeLoss, pod: PodTiming, timing: ResolvedTiming): Term[] {
  if (how === 'stopped') {
    return [nodeBoots, ...podStarts(pod), ...untilReady(pod)]
  }
  const isNew = how === 'kubelet stopped'
  return [
    ...(isNew ? [kubeletStarts] : []),
    ...(how === 'partitioned' ? [apiReached] : []),
    period("the kubelet posts its node's status and its pods'", [0, 10_000], statusManager),
    period('the node controller looks', [0, timing.nodeMonitorPeriodMs], timingSources.nodeMonitorPeriodMs),
    ...readyUnderNewKubelet(pod, isNew),
  ]
}
