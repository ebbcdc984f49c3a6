import { type Clock, realClock } from '../cluster/clock.ts'
import type { Kube } from '../cluster/kube.ts'
import { tryRun } from '../cluster/process.ts'
import { hasRunOut, holdLeases, leaseIn, watchedMs } from './leases.ts'
import { thisProcess } from './owner.ts'

/** Nothing deletes it, and what is of the cluster as a whole has its Leases there. */
const ref = leaseIn('kube-system')

export interface HeldCluster {
  /** Takes the Lease away, unless the API server is in no state for it. */
  release(): Promise<void>
}

/**
 * Tells in a kind cluster itself that it is a live run's. The journal tells those who have it; this tells those who share
 * no more than the Docker engine: another user, or a CI job with a cache of its own.
 */
export async function holdCluster(kube: Kube, clock: Clock = realClock): Promise<HeldCluster> {
  const { host, pid } = await thisProcess()
  const leases = holdLeases(`${host}_${pid}`, clock)
  await leases.hold(kube, ref.namespace ?? '')
  return {
    async release() {
      await leases.release()
      await freeCluster(kube).catch(() => undefined)
    },
  }
}

/** Takes away the Lease of whoever held a kind cluster, that of a dead run too: it is nobody's from here on. */
export async function freeCluster(kube: Kube): Promise<void> {
  await kube.delete(ref)
}

/** A Lease, as it is at one look. */
export interface SeenLease {
  renewTime: string
  version: string
}

/** Whose a kind cluster is, by its Lease. */
export type Holder = 'a live run' | 'a dead run' | 'nobody known'

/**
 * Whose a kind cluster is that no journal here tells of. A run is dead where its Lease has run out, and is not renewed
 * while it is looked at for 25 s. A cluster without a Lease may be being made, or kept for reuse; one whose API server does
 * not answer may be in the midst of a fault.
 */
export async function holderOf(
  look: () => Promise<SeenLease | undefined>,
  clock: Clock = realClock,
): Promise<Holder> {
  const before = await look()
  if (!before) return 'nobody known'
  if (!hasRunOut(before.renewTime, clock.epoch())) return 'a live run'
  await clock.sleep(watchedMs)
  const after = await look()
  if (!after) return 'nobody known'
  return after.version === before.version ? 'a dead run' : 'a live run'
}

/** The Lease in a kind cluster, asked for on its node: a kubeconfig may be nowhere any more. */
export async function leaseOf(cluster: string): Promise<SeenLease | undefined> {
  const { kind, namespace = '', name } = ref
  const kubectl = ['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf', '--request-timeout', '10s']
  const parts = '{.metadata.resourceVersion} {.spec.renewTime}'
  const get = ['get', kind, name, '--namespace', namespace, '--output', `jsonpath=${parts}`]
  const asked = await tryRun('docker', ['exec', `${cluster}-control-plane`, ...kubectl, ...get], {
    timeoutMs: 20_000,
  })
  if (!asked.ok) return undefined
  const [version = '', renewTime = ''] = asked.stdout.split(' ')
  return version && renewTime ? { version, renewTime } : undefined
}
