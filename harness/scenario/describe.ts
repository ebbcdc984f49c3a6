import type { Cluster } from '../cluster/cluster.ts'
import type { NodeObject } from '../cluster/kube.ts'
import { type ClusterTiming, timingOfVersion } from '../model/cluster-timing.ts'
import type { ClusterResult } from '../model/result.ts'
import { readTiming, tellTiming } from './settings.ts'

const controlPlane = 'node-role.kubernetes.io/control-plane'

/** A cluster as the report tells of it, and its settings that bear on time. */
export async function describeCluster(
  cluster: Cluster,
): Promise<{ described: ClusterResult; timing: ClusterTiming }> {
  const { kube, name, provider, capabilities } = cluster
  const [version, { items }] = await Promise.all([
    kube.raw('/version'),
    kube.list<NodeObject>({ apiVersion: 'v1', kind: 'Node' }),
  ])
  const { gitVersion } = JSON.parse(version) as { gitVersion: string }
  const nodes = items.map(({ metadata }) => ({
    name: metadata?.name ?? '',
    role: metadata?.labels?.[controlPlane] === undefined ? 'worker' : 'control-plane',
  }))
  // A node's proxy, which its kubelet's configuration is read by, is more than a run asks of a cluster not its own.
  const timing =
    provider === 'existing'
      ? timingOfVersion(gitVersion)
      : await readTiming(kube, gitVersion, nodes[0]?.name ?? '')
  const described = {
    ...{ provider, name, kubernetesVersion: gitVersion, nodes },
    capabilities: [...capabilities].sort(),
    settings: tellTiming(timing),
  }
  return { described, timing }
}
