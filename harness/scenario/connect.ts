import { type ActJournal, noJournal } from '../cluster/act-journal.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { RunInfo } from './run-info.ts'

/** A run's cluster, and where what is done to it is written down. */
export interface Connection {
  cluster: Cluster
  journal: ActJournal
}

/** The run's cluster for one scenario. A simulated one is the scenario's own, the same for the same seed. */
export async function connect(
  { id, cluster: access }: Pick<RunInfo, 'id' | 'cluster'>,
  scenarioId: string,
): Promise<Connection> {
  // Neither is loaded where the other is used.
  if (access.provider === 'kind') {
    const { connectKind } = await import('../cluster/kind/cluster.ts')
    const { actJournal } = await import('../journal/acts.ts')
    const { name, kubeconfig, kindPath } = access
    return { cluster: connectKind(name, kubeconfig, kindPath), journal: actJournal(name, id) }
  }
  if (access.provider === 'existing') {
    const { connectExisting } = await import('../cluster/existing/cluster.ts')
    const { holdLeases } = await import('../journal/leases.ts')
    const leases = holdLeases(access.run)
    const reached = connectExisting(access, (kube, namespace) => leases.hold(kube, namespace))
    const cluster: Cluster = {
      ...reached,
      async [Symbol.asyncDispose]() {
        await leases.release()
        await reached[Symbol.asyncDispose]()
      },
    }
    // What is left there, any machine has to undo: its labels, leases and marks tell.
    return { cluster, journal: noJournal }
  }
  const { simulatedCluster } = await import('../cluster/simulated/provider.ts')
  const { name, nodes, seed, rehearses } = access
  const simulated = await simulatedCluster({ name, nodes, seed: `${seed} ${scenarioId}` })
  if (!rehearses) return { cluster: simulated, journal: noJournal }
  const { rehearsalOn } = await import('../cluster/existing/rehearsal.ts')
  return { cluster: await rehearsalOn(simulated, rehearses), journal: noJournal }
}
