import { simulatedCluster, simulatedHelper } from '../cluster/simulated/provider.ts'
import { describeCluster } from './describe.ts'
import type { RunOptions, UpCluster } from './run.ts'

const name = 'simulated'

/** Says what a simulated run is, and looks at a cluster like those that its scenarios will each have of their own. */
export async function bringUpSimulated(
  seed: number,
  because: string,
  { nodes, say }: RunOptions,
): Promise<UpCluster> {
  await using cluster = await simulatedCluster({ name, nodes, seed: String(seed) })
  const { described, timing } = await describeCluster(cluster)
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
