import { simulatedCluster, simulatedHelper } from '../cluster/simulated/provider.ts'
import { describeCluster } from './describe.ts'
import { accessOf, type ExistingOptions } from './existing-options.ts'
import type { Run, RunOptions, UpCluster } from './run.ts'

const name = 'simulated'

/** Says what a simulated run is, and looks at a cluster like those that its scenarios will each have of their own. */
export async function bringUpSimulated(
  { id, seed }: Run,
  because: string,
  { nodes, say, existing }: RunOptions,
): Promise<UpCluster> {
  await using cluster = await simulatedCluster({ name, nodes, seed: String(seed) })
  const { described, timing } = await describeCluster(cluster)
  if (existing) return rehearsal(existing, { id, seed }, nodes, { described, timing })
  say(
    `cluster: SIMULATED, for ${because}: a model of Kubernetes ${described.kubernetesVersion} in virtual time, seed ${seed}, which proves nothing about a real cluster`,
  )
  if (because !== 'it was asked for')
    say('cluster: for a real one start Docker, and see what `rolypoly doctor` says')
  return {
    ...{ described, timing, helperImage: simulatedHelper, release: async () => undefined },
    cluster: { provider: 'simulated', name, seed, nodes },
  }
}

/** It can no more than the existing cluster that it stands for, and has its limits; how many are hurt at once is counted, and refused there alone. */
function rehearsal(
  existing: ExistingOptions,
  { id, seed }: Pick<Run, 'id' | 'seed'>,
  nodes: number,
  known: Pick<UpCluster, 'described' | 'timing'>,
): UpCluster {
  const { helperImage, allowNodeFaults } = existing
  return {
    ...known,
    ...(helperImage !== undefined && { helperImage: simulatedHelper }),
    limits: { run: id, nodes: allowNodeFaults.length > 0 ? 'all' : [] },
    cluster: { provider: 'simulated', name, seed, nodes, rehearses: accessOf(existing, id) },
    release: async () => undefined,
  }
}
