import type { Cluster } from '../cluster/cluster.ts'
import type { ClusterAccess } from './run-info.ts'

/** The run's cluster for one scenario. A simulated one is the scenario's own, the same for the same seed. */
export async function connect(access: ClusterAccess, scenarioId: string): Promise<Cluster> {
  // Neither is loaded where the other is used.
  if (access.provider === 'kind') {
    const { connectKind } = await import('../cluster/kind/cluster.ts')
    return connectKind(access.name, access.kubeconfig, access.kindPath)
  }
  if (access.provider === 'existing') {
    const { connectExisting } = await import('../cluster/existing/cluster.ts')
    const { holdLeases } = await import('../journal/leases.ts')
    const leases = holdLeases(access.run)
    const cluster = connectExisting(access, (kube, namespace) => leases.hold(kube, namespace))
    return {
      ...cluster,
      async [Symbol.asyncDispose]() {
        await leases.release()
        await cluster[Symbol.asyncDispose]()
      },
    }
  }
  const { simulatedCluster } = await import('../cluster/simulated/provider.ts')
  const { name, nodes, seed, rehearses } = access
  const simulated = await simulatedCluster({ name, nodes, seed: `${seed} ${scenarioId}` })
  if (!rehearses) return simulated
  const { rehearsalOn } = await import('../cluster/existing/rehearsal.ts')
  return rehearsalOn(simulated, rehearses)
}
