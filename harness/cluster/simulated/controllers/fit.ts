import type { NodeObject, PodObject } from '../../kube.ts'
import { meets, type Requirement, type Selector, selects } from './labels.ts'
import { type Taint, untolerated } from './taints.ts'

export type Affinity = NonNullable<NonNullable<PodObject['spec']>['affinity']>
type NodeTerm = { matchExpressions?: Requirement[]; matchFields?: Requirement[] }
export interface AntiAffinityTerm {
  labelSelector?: Selector
  topologyKey: string
}

const podsOfNode = 110

/** What one node says to a pod, in the order in which the scheduler's plugins ask. */
export interface Situation {
  node: NodeObject
  /** How many pods are bound to it that have not ended. */
  podCount: number
  /** Pods that share a topology with this node, with which this pod does not want to be, or they not with it. */
  conflict: 'own' | 'theirs' | undefined
}

/**
 * Why a pod does not fit a node, in the scheduler's own words; undefined where it does.
 * kubernetes/pkg/scheduler/framework/plugins.
 */
export function whyNot(pod: PodObject, { node, podCount, conflict }: Situation): string | undefined {
  if (node.spec?.unschedulable && !toleratesUnschedulable(pod)) return 'node(s) were unschedulable'
  const taint = untolerated(node.spec?.taints, pod.spec?.tolerations, ['NoSchedule', 'NoExecute'])
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`
  if (!matchesNode(pod, node)) return "node(s) didn't match Pod's node affinity/selector"
  const { pods = podsOfNode } = node.status?.allocatable ?? node.status?.capacity ?? {}
  if (podCount >= Number(pods)) return 'Too many pods'
  if (conflict === 'own') return "node(s) didn't match pod anti-affinity rules"
  if (conflict === 'theirs') return "node(s) didn't satisfy existing pods anti-affinity rules"
  return undefined
}

function toleratesUnschedulable(pod: PodObject): boolean {
  const taint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
  return untolerated([taint], pod.spec?.tolerations, ['NoSchedule']) === undefined
}

/** nodeSelector, and any one of the required terms of nodeAffinity. */
function matchesNode({ spec }: PodObject, node: NodeObject): boolean {
  const { nodeSelector, affinity } = spec ?? {}
  if (!selects({ ...(nodeSelector && { matchLabels: nodeSelector }) }, node.metadata?.labels)) return false
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term as NodeTerm, node))
}

/** A term that says nothing matches nothing. */
function matchesTerm(
  { matchExpressions = [], matchFields = [] }: NodeTerm,
  { metadata }: NodeObject,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false
  return (
    matchExpressions.every((requirement) => meets(requirement, metadata?.labels)) &&
    matchFields.every((requirement) => meets(requirement, { 'metadata.name': metadata?.name ?? '' }))
  )
}

/** How much a pod would like a node: the weights of its preferred terms, less one for each taint to be avoided. */
export function preference({ spec }: PodObject, node: NodeObject): number {
  const preferred = spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  const liked = preferred
    .filter(({ preference }) => matchesTerm(preference as NodeTerm, node))
    .reduce((sum, { weight }) => sum + weight, 0)
  const avoided = (node.spec?.taints ?? []).filter((taint) =>
    untolerated([taint], spec?.tolerations, ['PreferNoSchedule']),
  )
  return liked - avoided.length
}

/** The required terms: with which pods, in which topology, it must not be. */
export function antiAffinityOf({ spec }: PodObject): AntiAffinityTerm[] {
  const terms = spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  return terms as AntiAffinityTerm[]
}

/** Of pods in the same namespace. */
export function repels(term: AntiAffinityTerm, from: PodObject, other: PodObject): boolean {
  return (
    from.metadata?.namespace === other.metadata?.namespace &&
    selects(term.labelSelector, other.metadata?.labels)
  )
}

/** The scheduler's words where no node fits: kubernetes/pkg/scheduler/framework/types.go: FitError. */
export function fitError(reasons: readonly string[]): string {
  const all = reasons.length
  if (all === 0) return 'no nodes available to schedule pods'
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const told = [...counts].map(([reason, count]) => `${count} ${reason}`).sort()
  // Only pods that are in the way by number or by affinity could be preempted, and all have the same priority.
  const inTheWay = reasons.filter(
    (reason) => reason === 'Too many pods' || reason.includes('anti-affinity'),
  ).length
  const helpless = [
    ...(inTheWay > 0 ? [`${inTheWay} No preemption victims found for incoming pod`] : []),
    ...(inTheWay < all ? [`${all - inTheWay} Preemption is not helpful for scheduling`] : []),
  ]
  const preemption = `preemption: 0/${all} nodes are available: ${helpless.sort().join(', ')}.`
  return `0/${all} nodes are available: ${told.join(', ')}. ${preemption}`
}
