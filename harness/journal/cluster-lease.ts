import { type Clock, realClock } from '../cluster/clock.ts'
import type { Kube } from '../cluster/kube.ts'
import { tryRun } from '../cluster/process.ts'
import { holdLeases, leaseIn, type SeenLease } from './leases.ts'
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

/**
 * The Lease in a kind cluster, asked for on its node: a kubeconfig may be nowhere any more. One without may be being made,
 * or kept for reuse; one whose API server does not answer may be in the midst of a fault.
 */
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
