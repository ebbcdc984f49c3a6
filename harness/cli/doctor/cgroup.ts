import type { Engine } from './engine.ts'
import { fine, type Judgement } from './finding.ts'

/**
 * cgroup v1 is no lack: the node image is chosen accordingly. kind needs v2 for a rootless engine alone
 * (https://kind.sigs.k8s.io/docs/user/rootless/).
 */
export function judgeCgroup({
  cgroupVersion,
  rootless,
}: Pick<Engine, 'cgroupVersion' | 'rootless'>): Judgement {
  if (cgroupVersion === 2) return fine('v2, which every Kubernetes runs on')
  if (!rootless) return fine('v1, so Kubernetes 1.34 at the newest: 1.35 and later refuse it')
  const found = 'v1, on which kind makes no cluster with a rootless engine'
  return { level: 'lack', found, remedy: 'docker context use default' }
}
