import type { Clock } from './clock.ts'
import type { Kube, KubeObject } from './kube.ts'
import { untilObjects } from './until.ts'

/**
 * kubernetes: so often a kubelet tells once more of its pods what the API server did not take
 * (pkg/kubelet/status/status_manager.go, syncPeriod), and a second for the telling.
 */
const toldWithinMs = 10_000 + 1_000

type LeaseObject = KubeObject & { spec?: { renewTime?: string } }

/**
 * Waits until the kubelets of these nodes, which were cut off from the API server, have told it what happened to their
 * pods meanwhile: each has renewed its lease since, and had the time to tell.
 *
 * kubernetes: https://kubernetes.io/docs/concepts/architecture/leases/#node-heartbeats
 *
 * @returns undefined when they have; otherwise which one is silent still, as one sentence.
 */
export async function untilKubeletsTold(
  kube: Kube,
  clock: Clock,
  nodes: string[],
  withinMs: number,
): Promise<string | undefined> {
  const sinceMs = clock.epoch()
  let silent = nodes
  const haveRenewed = (leases: LeaseObject[]) => {
    const renewed = leases.filter(({ spec }) => Date.parse(spec?.renewTime ?? '') >= sinceMs)
    silent = nodes.filter((node) => !renewed.some(({ metadata }) => metadata?.name === node))
    return silent.length === 0
  }
  const leases = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-node-lease' }
  if (!(await untilObjects(kube, clock, leases, haveRenewed, withinMs))) {
    return `the kubelet of ${silent[0]} is silent`
  }
  await clock.sleep(toldWithinMs)
  return undefined
}
