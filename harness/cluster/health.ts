import type { Clock } from './clock.ts'
import type { Kube, NodeObject, PodObject } from './kube.ts'
import { untilObjects } from './until.ts'

/** Taints that Kubernetes itself sets on a node that is not well. */
const unwell =
  /^node\.kubernetes\.io\/(not-ready|unreachable|unschedulable|out-of-service|network-unavailable|(disk|memory|pid)-pressure)$/

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
    const [ill] = nodes.flatMap((node) => illOf(node) ?? [])
    wrong = nodes.length < nodeCount ? `${nodes.length} of ${nodeCount} nodes are there` : (ill ?? wrong)
    return nodes.length >= nodeCount && ill === undefined
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

const askAgainMs = 500

/**
 * Waits until the API server says that it is ready: one that starts listens before it knows its roles, and forbids
 * everything until then (https://kubernetes.io/docs/reference/using-api/health-checks).
 *
 * @returns undefined when it is; otherwise what it said last.
 */
export async function untilApiReady(kube: Kube, clock: Clock, withinMs: number): Promise<string | undefined> {
  const untilMs = clock.now() + withinMs
  for (;;) {
    try {
      await kube.raw('/readyz')
      return undefined
    } catch (error) {
      if (clock.now() > untilMs) return error instanceof Error ? error.message : String(error)
      await clock.sleep(askAgainMs)
    }
  }
}

/**
 * Waits until each of these nodes is there, Ready and schedulable; the others are not looked at.
 *
 * @returns undefined when they are; otherwise what is still wrong at the deadline, as one sentence.
 */
export async function untilNodesWell(
  kube: Kube,
  clock: Clock,
  names: readonly string[],
  withinMs: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (names.length === 0) return undefined
  let wrong = 'nothing was seen of the nodes'
  const areWell = (nodes: NodeObject[]) => {
    const [ill] = names.flatMap((name) => {
      const node = nodes.find(({ metadata }) => metadata?.name === name)
      return (node ? illOf(node) : `Node/${name}: is not there`) ?? []
    })
    wrong = ill ?? wrong
    return ill === undefined
  }
  return (await untilObjects(kube, clock, { apiVersion: 'v1', kind: 'Node' }, areWell, withinMs, signal))
    ? undefined
    : wrong
}

/** How a node has come back. */
export interface NodeReturn {
  /** The time, in milliseconds since the epoch, that its kubelet must have spoken after. */
  sinceMs: number
  /** Its containers ended with it: those of kube-system must run anew. */
  rebooted: boolean
}

/**
 * Waits until a node is Ready by its kubelet's own word since, and schedulable; where it was rebooted, until its pods of
 * kube-system are ready too. What was said before it was lost still stands for up to a minute.
 *
 * @returns undefined when it is; otherwise what is still wrong at the deadline, as one sentence.
 */
export async function untilNodeBack(
  kube: Kube,
  clock: Clock,
  name: string,
  back: NodeReturn,
  withinMs: number,
): Promise<string | undefined> {
  const deadline = clock.now() + withinMs
  const left = () => Math.max(0, deadline - clock.now())
  const hasSpoken = (time: string | undefined) => isSince(time, back.sinceMs)
  const node = { apiVersion: 'v1', kind: 'Node', fieldSelector: `metadata.name=${name}` }
  const nodeIsBack = ([found]: NodeObject[]) =>
    found !== undefined && illOf(found) === undefined && hasSpoken(readyOf(found)?.lastHeartbeatTime)
  if (!(await untilObjects(kube, clock, node, nodeIsBack, left()))) return `Node/${name}: is not ready`
  if (!back.rebooted) return undefined

  let wrong = `nothing was seen of the pods of kube-system on ${name}`
  const runsAnew = (pod: PodObject) =>
    isReady(pod) &&
    (pod.status?.containerStatuses ?? []).every(({ state }) => hasSpoken(state?.running?.startedAt))
  const podsAreBack = (pods: PodObject[]) => {
    const ill = pods.find((pod) => !runsAnew(pod))
    wrong = ill ? `Pod/kube-system/${ill.metadata?.name}: is not ready` : wrong
    return pods.length > 0 && ill === undefined
  }
  const system = {
    ...{ apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', fieldSelector: `spec.nodeName=${name}` },
  }
  return (await untilObjects(kube, clock, system, podsAreBack, left())) ? undefined : wrong
}

/** The API's times are whole seconds. */
function isSince(time: string | undefined, sinceMs: number): boolean {
  return time !== undefined && Date.parse(time) >= Math.floor(sinceMs / 1_000) * 1_000
}

function readyOf({ status }: NodeObject) {
  return status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True')
}

/** What is wrong with a node, as a sentence; undefined where pods may be put there. */
function illOf(node: NodeObject): string | undefined {
  const { metadata, spec } = node
  const subject = `Node/${metadata?.name}`
  if (readyOf(node) === undefined) return `${subject}: is not ready`
  if (spec?.unschedulable) return `${subject}: is cordoned`
  const taint = spec?.taints?.find(({ key }) => unwell.test(key))
  return taint && `${subject}: has the taint ${taint.key}`
}

function isReady({ status }: PodObject): boolean {
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
}
