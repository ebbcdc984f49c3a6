import type { Cluster } from '../cluster/cluster.ts'
import { connectKind } from '../cluster/kind/cluster.ts'
import type { ClusterAccess } from './run-info.ts'

/** The run's cluster for one scenario. A simulated one is the scenario's own, the same for the same seed. */
export async function connect(access: ClusterAccess, scenarioId: string): Promise<Cluster> {
  if (access.provider === 'kind') return connectKind(access.name, access.kubeconfig, access.kindPath)
  // Thousands of lines that nobody needs on a real cluster.
  const { simulatedCluster } = await import('../cluster/simulated/provider.ts')
  const { name, nodes, seed } = access
  return simulatedCluster({ name, nodes, seed: `${seed} ${scenarioId}` })
}
