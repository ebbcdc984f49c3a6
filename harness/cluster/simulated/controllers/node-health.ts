import type { NodeObject } from '../../kube.ts'
import { conditionOf, withCondition } from './conditions.ts'
import { notReady, type Taint, unreachable, withTaints } from './taints.ts'

export type NodeCondition = NonNullable<NonNullable<NodeObject['status']>['conditions']>[number]
export type ReadyStatus = 'True' | 'False' | 'Unknown'

/** What the node controller remembers of a node. */
export interface NodeHealth {
  /** Of its condition Ready as it was last seen; undefined where it had none. */
  heartbeat: string | undefined
  renewTime: string | undefined
  /** When the last sign of life was seen, in virtual milliseconds. */
  seenMs: number
  /** From when on the controller's cache tells of its own word that the node is silent. */
  cachedMs?: number
}

export function readyOf({ status }: NodeObject): NodeCondition | undefined {
  return conditionOf(status?.conditions, 'Ready')
}

const conditionsOfKubelet = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** A silent node, all of whose kubelet's conditions are Unknown now. */
export function silenced(node: NodeObject, now: string): NodeObject {
  let conditions = node.status?.conditions ?? []
  for (const type of conditionsOfKubelet) {
    const old = conditionOf(conditions, type)
    if (old?.status === 'Unknown') continue
    const why = old
      ? { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }
      : { reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' }
    const heartbeat = old ? old.lastHeartbeatTime : node.metadata?.creationTimestamp
    conditions = withCondition(conditions, {
      ...{ type, status: 'Unknown', ...why, lastTransitionTime: now },
      ...(heartbeat !== undefined && { lastHeartbeatTime: heartbeat }),
    })
  }
  return { ...node, status: { ...node.status, conditions } }
}

/** kubernetes/pkg/controller/nodelifecycle/node_lifecycle_controller.go: nodeConditionToTaintKeyStatusMap. */
const taintOfCondition: Record<string, Record<string, string>> = {
  Ready: { False: notReady, Unknown: unreachable },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
}
const unschedulable = 'node.kubernetes.io/unschedulable'
const keysOfConditions = [
  ...Object.values(taintOfCondition).flatMap((keys) => Object.values(keys)),
  unschedulable,
]

/** A node with the NoSchedule taints that its conditions ask for: doNoScheduleTaintingPass. */
export function withNoSchedule(node: NodeObject, now: string): NodeObject {
  const keys = (node.status?.conditions ?? []).flatMap(
    ({ type, status }) => taintOfCondition[type]?.[status] ?? [],
  )
  if (node.spec?.unschedulable) keys.push(unschedulable)
  const isManaged = ({ key, effect }: Taint) => effect === 'NoSchedule' && keysOfConditions.includes(key)
  return withTaints(
    node,
    isManaged,
    keys.map((key) => ({ key, effect: 'NoSchedule', timeAdded: now })),
  )
}

/** A node with the NoExecute taint of this state of its condition Ready, and none of the others. */
export function withNoExecute(node: NodeObject, ready: string | undefined, now: string): NodeObject {
  const isManaged = ({ key, effect }: Taint) =>
    effect === 'NoExecute' && (key === notReady || key === unreachable)
  const key = taintOfCondition.Ready?.[ready ?? '']
  return withTaints(node, isManaged, key ? [{ key, effect: 'NoExecute', timeAdded: now }] : [])
}

export function hasNoExecute({ spec }: NodeObject, key: string): boolean {
  return Boolean(spec?.taints?.some((taint) => taint.key === key && taint.effect === 'NoExecute'))
}
