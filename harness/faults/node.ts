import type { Cluster } from '../cluster/cluster.ts'
import { untilNodeBack } from '../cluster/health.ts'
import type { Kube, NodeObject, PodObject } from '../cluster/kube.ts'
import { untilKubeletsTold } from '../cluster/kubelets.ts'
import { EnvironmentError, UsageError } from '../model/errors.ts'
import { roleLabel } from '../model/limits.ts'
import { isTerminalPhase } from '../model/pod-phase.ts'
import type { Stage } from '../workload/stage.ts'
import type { Pod } from '../workload/workload.ts'

export const controlPlane = 'node-role.kubernetes.io/control-plane'

/** The UIDs of the scenario's pods on a pod's node, that pod's own among them. */
export function podUidsOnNodeOf(pod: Pod): string[] {
  return pod.stage.recording.timeline
    .of('pod')
    .flatMap(({ uid, toMs, detail }) => (toMs === null && detail.node === pod.nodeName ? [uid] : []))
}

/**
 * A node that may be hurt, as it is before that.
 *
 * @throws EnvironmentError where it is gone; UsageError where it is a control plane.
 */
export async function workerNode(kube: Kube, name: string, done: string): Promise<NodeObject> {
  const node = await kube.get<NodeObject>({ apiVersion: 'v1', kind: 'Node', name })
  if (!node) throw new EnvironmentError(`Node/${name}: is gone before it could be ${done}`)
  if (node.metadata?.labels?.[controlPlane] !== undefined) {
    throw new UsageError(`Node/${name}: is a control plane, which is not ${done}: choose a pod on a worker`)
  }
  return node
}

/**
 * Waits until what the kubelets of these nodes did while they were cut off is told, and recorded: nothing that did not
 * happen meanwhile is known before. `what` is given back, as `Node/worker`.
 *
 * @throws EnvironmentError where a kubelet stays silent.
 */
export async function untilTold(
  { cluster, recording }: Pick<Stage, 'cluster' | 'recording'>,
  nodes: string[],
  what: string,
  withinMs: number,
): Promise<void> {
  const silent = await untilKubeletsTold(cluster.kube, cluster.clock, nodes, withinMs)
  if (silent) throw new EnvironmentError(`${what}: was given back six minutes ago, and ${silent}`)
  await recording.caughtUp()
}

/**
 * Whether `kubectl drain` would evict it, and rolypoly does not run it itself.
 * kubernetes/staging/src/k8s.io/kubectl/pkg/drain/filters.go: daemonSetFilter, mirrorPodFilter.
 */
export function isDrained({ metadata = {}, status }: PodObject): boolean {
  const { annotations = {}, labels = {}, ownerReferences = [], deletionTimestamp } = metadata
  if (annotations['kubernetes.io/config.mirror'] !== undefined) return false
  if (ownerReferences.some(({ kind, controller }) => controller && kind === 'DaemonSet')) return false
  return !isTerminalPhase(status?.phase) && deletionTimestamp === undefined && labels[roleLabel] === undefined
}

const usableWithinMs = 60_000

/**
 * Waits until a node that `what` (as `was uncordoned`) is Ready and takes pods again: its taints go a moment later, and
 * that is owed to the next scenario.
 *
 * @throws EnvironmentError where it does not within a minute.
 */
export async function untilUsable({ kube, clock }: Cluster, node: string, what: string): Promise<void> {
  const wrong = await untilNodeBack(kube, clock, node, { sinceMs: 0, rebooted: false }, usableWithinMs)
  if (wrong) throw new EnvironmentError(`Node/${node}: ${what} a minute ago, and ${wrong}`)
}
