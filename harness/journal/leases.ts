import { type Clock, realClock } from '../cluster/clock.ts'
import type { Kube, KubeObject, NodeObject, ObjectRef } from '../cluster/kube.ts'
import { isNotFound } from '../cluster/kube-error.ts'
import { undoMarked } from '../cluster/node-marks.ts'
import { explain } from '../model/errors.ts'
import { handsOffLabel, managedBy, runLabel } from '../model/limits.ts'
import type { Swept } from './sweep.ts'

/**
 * The lock of a live run on a cluster that other machines reach too: a Lease in each of its namespaces.
 * https://kubernetes.io/docs/concepts/architecture/leases/#leader-election
 */
const leaseName = 'rolypoly'
const renewEveryMs = 20_000
const leaseSeconds = 90

export function leaseIn(namespace: string): ObjectRef {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name: leaseName }
}

type LeaseObject = KubeObject & {
  spec?: { renewTime?: string; holderIdentity?: string; leaseDurationSeconds?: number }
}

export interface HeldLeases {
  /** Puts the Lease into a namespace of the run's, and renews it from then on. */
  hold(kube: Kube, namespace: string): Promise<void>
  /** Renews no more. */
  release(): Promise<void>
}

/** The Leases of one holder, each renewed every 20 s for as long as this process lives. */
export function holdLeases(holder: string, clock: Clock = realClock): HeldLeases {
  const stopping = new AbortController()
  const renewing: Promise<void>[] = []
  const renew = async (kube: Kube, ref: ObjectRef) => {
    while (!stopping.signal.aborted) {
      await clock.sleep(renewEveryMs, stopping.signal)
      try {
        await kube.patch(ref, { spec: { renewTime: microTime(clock.epoch()) } })
      } catch (error) {
        // It goes with its namespace. What else went wrong may be well again in 20 s, which leaves time enough.
        if (isNotFound(error)) return
      }
    }
  }
  return {
    async hold(kube, namespace) {
      const ref = leaseIn(namespace)
      const { apiVersion, kind } = ref
      const lease: LeaseObject = {
        ...{ apiVersion, kind, metadata: { namespace, name: leaseName } },
        spec: {
          holderIdentity: holder,
          leaseDurationSeconds: leaseSeconds,
          renewTime: microTime(clock.epoch()),
        },
      }
      await kube.create(lease)
      renewing.push(renew(kube, ref).catch(() => undefined))
    },
    async release() {
      stopping.abort()
      await Promise.all(renewing)
    },
  }
}

/** Kubernetes' MicroTime has six digits, no more and no fewer. */
function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z')
}

/** A Lease, as it is at one look. */
export interface SeenLease {
  renewTime: string
  version: string
}

/** Who holds a Lease. */
export type Holder =
  | 'a live run'
  | 'a live run, on a machine whose clock differs'
  | 'a dead run'
  | 'nobody known'

/** A live run on a machine whose clock goes wrong still renews: so long is looked. */
const watchedMs = renewEveryMs + 5_000

/**
 * Who holds a Lease: a run is dead where it has run out, by this machine's clock, and is not renewed while it is looked at
 * for so long, 25 s unless given. Nobody is known to hold one that is not there at either look.
 */
export async function holderOf(
  look: () => Promise<SeenLease | undefined>,
  clock: Clock = realClock,
  forMs = watchedMs,
): Promise<Holder> {
  const before = await look()
  if (!before) return 'nobody known'
  if (clock.epoch() - Date.parse(before.renewTime) <= leaseSeconds * 1_000) return 'a live run'
  await clock.sleep(forMs)
  const after = await look()
  if (!after) return 'nobody known'
  return after.version === before.version ? 'a dead run' : 'a live run, on a machine whose clock differs'
}

/** A namespace that a run made, by its labels. */
interface RunNamespace {
  name: string
  uid: string
  run: string
  createdAt: string
}

/**
 * Undoes what runs that are dead have left, from any machine: the namespaces with their labels, where the Lease has run
 * out and is not renewed while it is looked at, and what they did to nodes, by the marks there. Spares live ones, and those
 * that are marked as hands off. Names, labels and marks are all that it knows: it needs no journal.
 */
export async function sweepContext(kube: Kube, clock: Clock = realClock): Promise<Swept> {
  const swept: Swept = { undone: [], spared: [], left: [] }
  // Before the namespaces: the mark of a scenario that begins meanwhile is not seen.
  const nodes = await kube.list<NodeObject>({ apiVersion: 'v1', kind: 'Node' })
  const namespaces = await runNamespaces(kube, swept)
  const looked = namespaces.map(async (of) => ({ of, holder: await holderOf(() => lookAt(kube, of), clock) }))
  const dead = new Set<string>()
  for (const { of, holder } of await Promise.all(looked)) {
    if (holder !== 'a dead run') {
      const where = holder === 'a live run' ? '' : ', on a machine whose clock differs'
      swept.spared.push(`Namespace/${of.name}: its run ${of.run} is alive${where}`)
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
    try {
      swept.undone.push(...(await undoMarked(kube, node, (namespace) => !live.includes(namespace))))
    } catch (error) {
      swept.left.push(`Node/${node.metadata?.name}: ${explain(error)}`)
    }
  }
  return swept
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

/** A run that died right after it made a namespace left no Lease in it: it is given as long from the creation on. */
async function lookAt(kube: Kube, { name, createdAt }: RunNamespace): Promise<SeenLease> {
  const lease = await kube.get<LeaseObject>(leaseIn(name))
  return {
    renewTime: lease?.spec?.renewTime ?? createdAt,
    version: lease?.metadata?.resourceVersion ?? '',
  }
}
