import { type Clock, realClock } from '../cluster/clock.ts'
import type { Kube, KubeObject, NodeObject } from '../cluster/kube.ts'
import { markersOf, undoMarked } from '../cluster/node-marks.ts'
import { explain } from '../model/errors.ts'
import { handsOffLabel, managedBy, runLabel } from '../model/limits.ts'
import { clusterLease } from './cluster-lease.ts'
import { type Holder, holderOf, type LeaseObject, leaseIn, type SeenLease, seen } from './leases.ts'
import type { Swept } from './sweep.ts'

/** A namespace that a run made, by its labels. */
interface RunNamespace {
  name: string
  uid: string
  run: string
  createdAt: string
}

/**
 * Undoes what runs that are dead have left, from any machine: the namespaces with their labels, where the Lease has run
 * out and is not renewed while it is looked at, and what they did to nodes, by the marks there. Spares live ones, those
 * that are marked as hands off, and all of a kind cluster that is a live run's own. Names, labels and marks are all that
 * it knows: it needs no journal.
 */
export async function sweepContext(kube: Kube, clock: Clock = realClock): Promise<Swept> {
  const swept: Swept = { undone: [], spared: [], left: [] }
  // Before the namespaces: the mark of a scenario that begins meanwhile is not seen.
  const nodes = await kube.list<NodeObject>({ apiVersion: 'v1', kind: 'Node' })
  const namespaces = await runNamespaces(kube, swept)
  const [ofCluster, looked] = await Promise.all([
    holderOf(() => lookAtCluster(kube), clock),
    Promise.all(
      namespaces.map(async (of) => ({ of, holder: await holderOf(() => lookAt(kube, of), clock) })),
    ),
  ])
  if (isLive(ofCluster)) {
    const whose = `the cluster is of a live run's own making${elsewhere(ofCluster)}`
    return {
      ...swept,
      spared: [...swept.spared, ...namespaces.map(({ name }) => `Namespace/${name}: ${whose}`)],
    }
  }
  const dead = new Set<string>()
  for (const { of, holder } of looked) {
    if (holder !== 'a dead run') {
      swept.spared.push(`Namespace/${of.name}: its run ${of.run} is alive${elsewhere(holder)}`)
      continue
    }
    dead.add(of.name)
    try {
      await kube.delete({ apiVersion: 'v1', kind: 'Namespace', name: of.name }, { uid: of.uid })
      swept.undone.push(`deleted Namespace/${of.name}, whose run ${of.run} is dead`)
    } catch (error) {
      swept.left.push(`Namespace/${of.name}: ${explain(error)}`)
    }
  }
  const there = await kube.list({ apiVersion: 'v1', kind: 'Namespace' })
  const live = there.items.flatMap(({ metadata }) => metadata?.name ?? []).filter((name) => !dead.has(name))
  for (const node of nodes.items) {
    const gone = markersOf(node).filter((namespace) => !live.includes(namespace))
    if (gone.length === 0) continue
    const name = node.metadata?.name ?? ''
    try {
      swept.undone.push(...(await undoMarked(kube, name, (namespace) => gone.includes(namespace))))
    } catch (error) {
      swept.left.push(`Node/${name}: ${explain(error)}`)
    }
  }
  return swept
}

function isLive(holder: Holder): boolean {
  return holder === 'a live run' || holder === 'a live run, on a machine whose clock differs'
}

function elsewhere(holder: Holder): string {
  return holder === 'a live run' ? '' : ', on a machine whose clock differs'
}

async function runNamespaces(kube: Kube, swept: Swept): Promise<RunNamespace[]> {
  const labelSelector = `${managedBy.key}=${managedBy.value},${runLabel}`
  const { items } = await kube.list<KubeObject>({ apiVersion: 'v1', kind: 'Namespace', labelSelector })
  return items.flatMap(({ metadata }) => {
    const { name = '', uid = '', labels = {}, creationTimestamp = '', deletionTimestamp } = metadata ?? {}
    if (deletionTimestamp !== undefined || !name.startsWith('rolypoly-')) return []
    if (handsOffLabel in labels) {
      swept.spared.push(`Namespace/${name}: carries the label ${handsOffLabel}`)
      return []
    }
    return [{ name, uid, run: labels[runLabel] ?? '', createdAt: creationTimestamp }]
  })
}

/** The Lease of a kind cluster that a run made: its scenarios' namespaces have none of their own. */
async function lookAtCluster(kube: Kube): Promise<SeenLease | undefined> {
  const lease = await kube.get<LeaseObject>(clusterLease)
  return lease && seen(lease)
}

/** A run that died right after it made a namespace left no Lease in it: it is given as long from the creation on. */
async function lookAt(kube: Kube, { name, createdAt }: RunNamespace): Promise<SeenLease> {
  const lease = await kube.get<LeaseObject>(leaseIn(name))
  return { renewTime: createdAt, version: '', isKept: false, ...(lease && seen(lease)) }
}
