import type { Cluster } from '../cluster/cluster.ts'
import { untilApiReady, untilHealthy, untilNodeBack } from '../cluster/health.ts'
import { connectKind } from '../cluster/kind/cluster.ts'
import {
  type FoundMachine,
  type Mended,
  machinesOf,
  mendMachine,
  registerAgain,
} from '../cluster/kind/mend-node.ts'
import type { KubeObject, NodeObject } from '../cluster/kube.ts'
import { isAlreadyThere } from '../cluster/kube-error.ts'
import { markersOf, undoMarked } from '../cluster/node-marks.ts'
import { untilObjects } from '../cluster/until.ts'
import { EnvironmentError } from '../model/errors.ts'
import { managedBy } from '../model/limits.ts'
import { closeActs, openActs, type WrittenAct } from './acts.ts'

/** A kind cluster that outlives its run. */
export interface KeptCluster {
  cluster: string
  kubeconfig: string
  nodes: number
}

const apiWithinMs = 180_000
const backWithinMs = 180_000
const goneWithinMs = 120_000
const healthyWithinMs = 180_000
/** What the dead run had just asked for may be done a moment after its death. */
const lookAgainMs = 1_000

/** Mends a kind cluster that was kept: see {@link mendCluster}. */
export function mend(kept: KeptCluster, kindPath: string, signal?: AbortSignal): Promise<string[]> {
  const cluster = connectKind(kept.cluster, kept.kubeconfig, kindPath)
  return mendCluster(cluster, kept.nodes, () => machinesOf(kept.cluster), signal)
}

/**
 * Undoes whatever a dead run left in a kept cluster, as the cluster itself shows it, and what the journal has of what it
 * cannot show: a Node that is not there any more. Closes what is open in the journal.
 *
 * @param nodeCount how many nodes it is to have
 * @param machines finds the machines of its nodes, as they are then
 * @returns what was undone, a sentence each.
 * @throws EnvironmentError where the cluster is not well in the end.
 */
export async function mendCluster(
  cluster: Cluster,
  nodeCount: number,
  machines: () => Promise<FoundMachine[]>,
  signal?: AbortSignal,
): Promise<string[]> {
  const { kube, clock, name } = cluster
  const acts = await openActs(name)
  const undone: string[] = []
  for (let looks = acts.length > 0 ? 2 : 1; looks > 0; looks--) {
    const found = await machines()
    // kind makes no machine for a cluster that it has made.
    if (found.length < nodeCount)
      throw new EnvironmentError(`Cluster ${name}: ${found.length} of its ${nodeCount} machines are there`)
    undone.push(...(await undo(cluster, found, acts)))
    if (looks > 1) await clock.sleep(lookAgainMs, signal)
  }
  const wrong = await untilHealthy(kube, clock, nodeCount, healthyWithinMs, signal)
  if (wrong) throw new EnvironmentError(`Cluster ${name}: is not healthy: ${wrong}`)
  await closeActs(name)
  return undone
}

/** Machines first: without them nothing of the API can be asked, or comes true. */
async function undo(cluster: Cluster, machines: FoundMachine[], acts: WrittenAct[]): Promise<string[]> {
  const { kube, clock, name } = cluster
  const mended = await Promise.all(machines.map((machine) => mendMachine(cluster.nodes, machine)))
  const notReady = await untilApiReady(kube, clock, apiWithinMs)
  if (notReady) throw new EnvironmentError(`Cluster ${name}: its API server is not ready: ${notReady}`)
  const made = await makeNodesAnew(cluster, mended, acts)
  const { items: nodes } = await kube.list<NodeObject>({ apiVersion: 'v1', kind: 'Node' })
  const marked = nodes.filter((node) => markersOf(node).length > 0)
  const unmarked = await Promise.all(
    marked.map(({ metadata }) => undoMarked(kube, metadata?.name ?? '', () => true)),
  )
  await untilBack(cluster, mended)
  const deleted = await deleteNamespaces(cluster)
  return [...mended.flatMap((machine) => machine.undone), ...made, ...unmarked.flat(), ...deleted]
}

/** A Node whose machine is there was deleted; one that the journal has not is made by its kubelet, with another podCIDR. */
async function makeNodesAnew(
  { kube, nodes }: Cluster,
  machines: Mended[],
  acts: WrittenAct[],
): Promise<string[]> {
  const { items } = await kube.list<NodeObject>({ apiVersion: 'v1', kind: 'Node' })
  const missing = machines.filter(({ node }) => !items.some(({ metadata }) => metadata?.name === node))
  const made = missing.map(async ({ node }) => {
    const written = acts.map(({ object }) => object).find((object) => isNode(object, node))
    if (written) await createUnlessThere(kube, written)
    else await registerAgain(nodes, node)
    return `made Node/${node} again`
  })
  return Promise.all(made)
}

function isNode(object: KubeObject | undefined, name: string): object is KubeObject {
  return object?.kind === 'Node' && object.metadata?.name === name
}

/** A worker of the dead run may outlive it by a moment, and undo the same. */
async function createUnlessThere(kube: Cluster['kube'], object: KubeObject): Promise<void> {
  try {
    await kube.create(object)
  } catch (error) {
    if (!isAlreadyThere(error)) throw error
  }
}

/** What was said of a machine before it was lost stands for up to a minute: only what its kubelet says since counts. */
async function untilBack({ kube, clock, name }: Cluster, machines: Mended[]): Promise<void> {
  const lost = machines.filter(({ undone }) => undone.length > 0)
  const back = lost.map(({ node, rebooted }) =>
    untilNodeBack(kube, clock, node, { sinceMs: rebooted ? clock.epoch() : 0, rebooted }, backWithinMs),
  )
  const wrong = (await Promise.all(back)).find((sentence) => sentence !== undefined)
  if (wrong) throw new EnvironmentError(`Cluster ${name}: ${wrong} three minutes after it was given back`)
}

async function deleteNamespaces({ kube, clock, name }: Cluster): Promise<string[]> {
  const ours = { apiVersion: 'v1', kind: 'Namespace', labelSelector: `${managedBy.key}=${managedBy.value}` }
  const { items } = await kube.list(ours)
  // One that is on its way out already goes by itself.
  const left = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
  const names = left.flatMap(({ metadata }) => metadata?.name ?? [])
  await Promise.all(names.map((one) => kube.delete({ apiVersion: 'v1', kind: 'Namespace', name: one })))
  const areGone = (now: KubeObject[]) => !now.some(({ metadata }) => names.includes(metadata?.name ?? ''))
  if (!(await untilObjects(kube, clock, ours, areGone, goneWithinMs))) {
    throw new EnvironmentError(
      `Cluster ${name}: Namespace/${names[0]} was deleted two minutes ago, and is still there`,
    )
  }
  return names.map((one) => `deleted Namespace/${one}`)
}
