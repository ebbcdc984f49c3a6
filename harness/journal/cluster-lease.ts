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

/**
 * Whether a kind cluster that no journal here tells of was held by a run that is dead: its Lease has run out, and is not
 * renewed while it is looked at for 25 s. One without a Lease may be being made, or kept for reuse; one whose API server
 * does not answer may be in the midst of a fault: false.
 */
export async function isAbandoned(
  look: () => Promise<SeenLease | undefined>,
  clock: Clock = realClock,
): Promise<boolean> {
  const before = await look()
  if (!before || !hasRunOut(before.renewTime, clock.epoch())) return false
  await clock.sleep(watchedMs)
  return (await look())?.version === before.version
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
