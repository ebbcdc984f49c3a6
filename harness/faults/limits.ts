import type { KubeObject, NodeObject, PodObject } from '../cluster/kube.ts'
import { NotCapableError, UsageError } from '../model/errors.ts'
import { hurtPods } from '../model/fault.ts'
import { handsOffLabel, type Limits, runLabel } from '../model/limits.ts'
import type { Stage } from '../workload/stage.ts'
import type { Fault } from './fault.ts'

/**
 * Holds a fault against what the run may hurt, right before it is injected: the namespaces are read anew, not trusted to
 * be the run's. Tells whom it hurts, the pods of others on a node among them.
 *
 * @throws NotCapableError for a node that the run may not hurt; UsageError for what is marked as hands off, or is not the
 *   run's.
 */
export async function withinLimits(stage: Stage, fault: Fault, limits: Limits): Promise<string[]> {
  const { kind, effect } = fault
  const hurt = hurtPods(effect)
  const node = 'node' in effect ? effect.node : undefined
  if (node !== undefined) refuseNode(fault, node, limits)
  else if (effect.does === 'stop-control-plane' && limits.nodes !== 'all') {
    throw new NotCapableError(`${kind}: the control plane of a cluster that the run did not make is not hurt`)
  }
  const pods = hurt.flatMap((uid) => stage.recording.timeline.of('pod', uid))
  const spared = pods.find(({ detail }) => handsOffLabel in detail.labels)
  if (spared) refuseMarked(fault, spared.subject)

  const namespaces = new Set([stage.namespace, ...pods.map(({ subject }) => subject.split('/')[1] ?? '')])
  await Promise.all([...namespaces].map((name) => ownNamespace(stage, fault, name, limits)))
  const others = node === undefined ? [] : await othersOn(stage, fault, node, namespaces)
  return [...hurt, ...others]
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

/** The pods of others that go from a node for a fault; a node that is marked, or has a marked pod, is refused. */
async function othersOn(
  { cluster, namespace, neighbours = [] }: Stage,
  fault: Fault,
  name: string,
  namespaces: ReadonlySet<string>,
): Promise<string[]> {
  const { kube } = cluster
  const node = await kube.get<NodeObject>({ apiVersion: 'v1', kind: 'Node', name })
  if (handsOffLabel in (node?.metadata?.labels ?? {})) refuseMarked(fault, `Node/${name}`)
  const on = { apiVersion: 'v1', kind: 'Pod', fieldSelector: `spec.nodeName=${name}` }
  const { items } = await kube.list<PodObject>(on)
  const marked = items.find(({ metadata }) => handsOffLabel in (metadata?.labels ?? {}))
  if (marked) refuseMarked(fault, `Pod/${marked.metadata?.namespace}/${marked.metadata?.name}`)
  // A cordon and a drain leave the pods of others where they are.
  const { effect } = fault
  if (effect.does === 'cordon' || effect.does === 'drain') return []
  if (effect.does === 'taint' && effect.taint.effect !== 'NoExecute') return []
  const own = new Set([...namespaces, namespace, ...neighbours])
  return items
    .filter(({ metadata }) => !own.has(metadata?.namespace ?? ''))
    .flatMap(({ metadata }) => metadata?.uid ?? [])
}
