import { KubeError } from '../../kube-error.ts'
import type { World } from '../world.ts'
import { reachKubelet } from './reach.ts'

const configz = /^\/api\/v1\/nodes\/([^/]+)\/proxy\/configz$/

/**
 * A GET of what is no object: the version, whether the server is well, and a kubelet's configuration.
 *
 * @throws KubeError 404 for any other path.
 */
export async function rawOf(world: World, path: string, version: string): Promise<string> {
  if (path === '/version') return JSON.stringify(versionOf(version))
  if (['/healthz', '/livez', '/readyz'].includes(path)) return 'ok'
  const [, node] = configz.exec(path) ?? []
  if (node === undefined) {
    throw new KubeError(path, 404, 'NotFound', 'the server could not find the requested resource')
  }
  await reachKubelet(world, `Node/${node}`, node)
  const { crashLoopBackOffMaxMs, nodeLeaseRenewMs } = world.timing
  const kubeletconfig = {
    // A kubelet that is told nothing says nothing of it.
    ...(crashLoopBackOffMaxMs !== usualBackOffMs && {
      crashLoopBackOff: { maxContainerRestartPeriod: `${crashLoopBackOffMaxMs / 1_000}s` },
    }),
    // It renews its lease four times in its duration: kubernetes/pkg/kubelet/kubelet.go: nodeLeaseRenewIntervalFraction.
    nodeLeaseDurationSeconds: (nodeLeaseRenewMs * 4) / 1_000,
    nodeStatusUpdateFrequency: '10s',
    nodeStatusReportFrequency: '5m0s',
    maxPods: 110,
  }
  return JSON.stringify({ kubeletconfig })
}

const usualBackOffMs = 300_000

function versionOf(gitVersion: string) {
  const [, major = '', minor = ''] = /^v?(\d+)\.(\d+)/.exec(gitVersion) ?? []
  return { major, minor, gitVersion, platform: 'rolypoly/simulated' }
}
