import type { KubeObject, NodeObject, PodObject } from '../cluster/kube.ts'
import { NotCapableError, UsageError } from '../model/errors.ts'
import { type FaultEffect, hurtPods } from '../model/fault.ts'
import { handsOffLabel, type Limits, roleLabel, runLabel } from '../model/limits.ts'
import { isTerminalPhase } from '../model/pod-phase.ts'
import type { Stage } from '../workload/stage.ts'
import type { Fault } from './fault.ts'
import { controlPlane, isDrained } from './node.ts'

/** A pod that a fault hurts. */
export interface HurtPod {
  uid: string
  namespace: string
  name: string
  labels: Record<string, string>
  /** It is somebody else's, and goes with its node. */
  isOthers?: boolean
}

/**
 * Holds a fault against what the run may hurt, right before it is injected: the namespaces are read anew, not trusted to
 * be the run's. Tells whom it hurts, the pods of others on a node among them: of those that are there now.
 *
 * @throws NotCapableError for a node that the run may not hurt; UsageError for what is marked as hands off, or is not the
 *   run's.
 */
export async function withinLimits(stage: Stage, fault: Fault, limits: Limits): Promise<HurtPod[]> {
  const { kind, effect } = fault
  if ('node' in effect) refuseNode(fault, effect.node, limits)
  if (effect.does === 'stop-control-plane') {
    if (limits.nodes !== 'all')
      throw new NotCapableError(
        `${kind}: the control plane of a cluster that the run did not make is not hurt`,
      )
    await refuseMarkedPlane(stage, fault)
  }
  const hurt = 'node' in effect ? await hurtOn(stage, fault, effect.node) : hurtOf(stage, fault)
  return allWithinLimits(stage, fault, limits, hurt)
}

/** The same pods, where the run may hurt each of them; see {@link withinLimits}. */
export async function allWithinLimits(
  stage: Stage,
  fault: Fault,
  limits: Limits,
  pods: HurtPod[],
): Promise<HurtPod[]> {
  const marked = pods.find(({ labels }) => handsOffLabel in labels)
  if (marked) refuseMarked(fault, `Pod/${marked.namespace}/${marked.name}`)
  const own = pods.filter(({ isOthers }) => !isOthers).map(({ namespace }) => namespace)
  const namespaces = new Set([stage.namespace, ...own])
  await Promise.all([...namespaces].map((name) => ownNamespace(stage, fault, name, limits)))
  return pods
}

export function asHurt({ metadata }: PodObject): HurtPod {
  const { uid = '', namespace = '', name = '', labels = {} } = metadata ?? {}
  return { uid, namespace, name, labels }
}

/** The pods of its effect, or those that it says by now, as the recording has them. */
function hurtOf({ namespace: own, recording }: Stage, fault: Fault): HurtPod[] {
  const uids = new Set(fault.hurts?.() ?? hurtPods(fault.effect))
  return [...uids].map((uid) => {
    const pod = recording.timeline.of('pod', uid).at(-1)
    const [, namespace = own, name = ''] = pod?.subject.split('/') ?? []
    return { uid, namespace, name, labels: pod?.detail.labels ?? {} }
  })
}

function refuseNode({ kind }: Fault, node: string, { nodes }: Limits): void {
  if (nodes === 'all' || nodes.includes(node)) return
  throw new NotCapableError(
    `${kind}: Node/${node} may not be hurt, for the run did not make it: --allow-node-faults ${node} allows it`,
  )
}

function refuseMarked({ kind, target }: Fault, marked: string): never {
  throw new UsageError(
    `${target}: ${kind} is refused, for ${marked} carries the label ${handsOffLabel}: nothing was hurt`,
  )
}

async function ownNamespace({ cluster }: Stage, fault: Fault, name: string, { run }: Limits): Promise<void> {
  const found = await cluster.kube.get<KubeObject>({ apiVersion: 'v1', kind: 'Namespace', name })
  const labels = found?.metadata?.labels ?? {}
  if (handsOffLabel in labels) refuseMarked(fault, `Namespace/${name}`)
  if (labels[runLabel] === run) return
  throw new UsageError(
    `${fault.target}: ${fault.kind} is refused, for Namespace/${name} is none that this run made: nothing was hurt`,
    { evidence: `its label ${runLabel} is ${labels[runLabel] ?? 'not there'}, and ${run} is expected` },
  )
}

async function refuseMarkedPlane({ cluster }: Stage, fault: Fault): Promise<void> {
  const planes = { apiVersion: 'v1', kind: 'Node', labelSelector: controlPlane }
  const { items } = await cluster.kube.list<NodeObject>(planes)
  const marked = items.find(({ metadata }) => handsOffLabel in (metadata?.labels ?? {}))
  if (marked) refuseMarked(fault, `Node/${marked.metadata?.name}`)
}

/** The pods that go from a node for a fault; a node that is marked, or has a marked pod, is refused. */
async function hurtOn(
  { cluster, namespace, neighbours = [] }: Stage,
  fault: Fault,
  name: string,
): Promise<HurtPod[]> {
  const { kube } = cluster
  const node = await kube.get<NodeObject>({ apiVersion: 'v1', kind: 'Node', name })
  if (handsOffLabel in (node?.metadata?.labels ?? {})) refuseMarked(fault, `Node/${name}`)
  const on = { apiVersion: 'v1', kind: 'Pod', fieldSelector: `spec.nodeName=${name}` }
  const { items } = await kube.list<PodObject>(on)
  const marked = items.find(({ metadata }) => handsOffLabel in (metadata?.labels ?? {}))
  if (marked) refuseMarked(fault, `Pod/${marked.metadata?.namespace}/${marked.metadata?.name}`)
  const own = [namespace, ...neighbours]
  const isOwn = ({ metadata }: PodObject) => own.includes(metadata?.namespace ?? '')
  return items
    .filter((pod) => goes(fault.effect, pod, isOwn(pod)))
    .map((pod) => ({ ...asHurt(pod), ...(!isOwn(pod) && { isOthers: true }) }))
}

/** A cordon leaves all pods where they are, a drain those of others, and what rolypoly itself runs does not count. */
function goes(effect: FaultEffect, pod: PodObject, isOwn: boolean): boolean {
  if (effect.does === 'cordon') return false
  if (effect.does === 'drain') return isOwn && isDrained(pod)
  if (effect.does === 'taint' && effect.taint.effect !== 'NoExecute') return false
  return !isTerminalPhase(pod.status?.phase) && !(isOwn && roleLabel in (pod.metadata?.labels ?? {}))
}
