import type { Clock } from './clock.ts'
import type { Kube, NodeObject, PodObject } from './kube.ts'
import { untilObjects } from './until.ts'

/** Taints that Kubernetes itself sets on a node that is not well. */
const unwell =
  /^node\.kubernetes\.io\/(not-ready|unreachable|unschedulable|out-of-service|network-unavailable)$/

/**
 * Waits until so many nodes are there, all Ready and schedulable, and every pod of kube-system is ready.
 *
 * @returns undefined when they are; otherwise what is still wrong at the deadline, as one sentence.
 */
export async function untilHealthy(
  kube: Kube,
  clock: Clock,
  nodeCount: number,
  withinMs: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const deadline = clock.now() + withinMs
  let wrong = 'nothing was seen of the nodes'
  const left = () => Math.max(0, deadline - clock.now())
  const nodesWell = (nodes: NodeObject[]) => {
    const ill = nodes.filter((node) => !isWell(node)).map(({ metadata }) => metadata?.name)
    wrong =
      nodes.length < nodeCount
        ? `${nodes.length} of ${nodeCount} nodes are there`
        : `Node/${ill[0]}: is not ready`
    return nodes.length >= nodeCount && ill.length === 0
  }
  const nodes = { apiVersion: 'v1', kind: 'Node' }
  if (!(await untilObjects(kube, clock, nodes, nodesWell, left(), signal))) return wrong

  wrong = 'nothing was seen of kube-system'
  const podsReady = (pods: PodObject[]) => {
    const ill = pods.find((pod) => !isReady(pod))
    wrong = ill ? `Pod/kube-system/${ill.metadata?.name}: is not ready` : wrong
    return pods.length > 0 && ill === undefined
  }
  const system = { apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system' }
  return (await untilObjects(kube, clock, system, podsReady, left(), signal)) ? undefined : wrong
}

function isWell({ spec, status }: NodeObject): boolean {
  const ready = status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
  return ready === true && !spec?.unschedulable && !spec?.taints?.some(({ key }) => unwell.test(key))
}

function isReady({ status }: PodObject): boolean {
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
}
