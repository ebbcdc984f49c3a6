import { type Clock, realClock } from '../cluster/clock.ts'
import type { Kube } from '../cluster/kube.ts'
import { run } from '../cluster/process.ts'
import { keptLabel } from '../model/limits.ts'
import { giveUp, holdLeases, type LeaseObject, leaseIn, type SeenLease, seen } from './leases.ts'
import { thisProcess } from './owner.ts'

/** Nothing deletes it, and what is of the cluster as a whole has its Leases there. */
export const clusterLease = leaseIn('kube-system')

export interface HeldCluster {
  /** Renews no more. A kept cluster's Lease says that it is nobody's, unless the API server is in no state for it. */
  release(): Promise<void>
}

/**
 * Tells in a kind cluster itself that it is a live run's. The journal tells those who have it; this tells those who share
 * no more than the Docker engine: another user, or a CI job with a cache of its own.
 *
 * @param kept whether the cluster outlives the run: its Lease says so from now on, for nobody else to delete it
 */
export async function holdCluster(kube: Kube, kept: boolean, clock: Clock = realClock): Promise<HeldCluster> {
  const { host, pid } = await thisProcess()
  const holder = `${host}_${pid}`
  const leases = holdLeases(holder, clock)
  await leases.hold(kube, clusterLease.namespace, kept ? { [keptLabel]: 'true' } : {})
  return {
    async release() {
      await leases.release()
      if (kept) await giveUp(kube, clusterLease, holder).catch(() => undefined)
    },
  }
}

/**
 * The Lease in a kind cluster, asked for on its node: a kubeconfig may be nowhere any more. One without may be being made.
 *
 * @throws EnvironmentError where its API server does not answer, as in the midst of a fault.
 */
export async function leaseOf(cluster: string): Promise<SeenLease | undefined> {
  const { kind, namespace, name } = clusterLease
  const kubectl = ['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf', '--request-timeout', '10s']
  const get = ['get', kind, name, '--namespace', namespace, '--ignore-not-found', '--output', 'json']
  const { stdout } = await run('docker', ['exec', `${cluster}-control-plane`, ...kubectl, ...get], {
    timeoutMs: 20_000,
  })
  return stdout.trim() === '' ? undefined : seen(JSON.parse(stdout) as LeaseObject)
}
