import { randomBytes } from 'node:crypto'
import { realClock } from '../clock.ts'
import type { Capability, Cluster } from '../cluster.ts'
import { connectKube } from '../kube-client.ts'
import { provideImages } from './images.ts'
import { kindNodes } from './node-control.ts'

const capabilities: ReadonlySet<Capability> = new Set([
  'node.delete',
  'node.exec',
  'container.signal',
  'container.freeze',
  'controller.cronjob',
  'probe.intercept',
  'node.stop',
  'node.pause',
  'node.kubelet',
  'node.partition',
  'node.controlPlane',
  'pod.resources',
])

/**
 * A kind cluster that is there already, by its name and its private kubeconfig. Disposing of the handle leaves the
 * cluster as it is.
 */
export function connectKind(name: string, kubeconfig: string, kindPath: string): Cluster {
  const kube = connectKube(kubeconfig)
  return {
    provider: 'kind',
    name,
    kube,
    clock: realClock,
    capabilities,
    nodes: kindNodes,
    provideImages: (supply, { into = 'schedulable', signal } = {}) =>
      provideImages({ kube, cluster: name, kindPath, into }, supply, signal),
    newSuffix: () => randomBytes(3).toString('hex'),
    [Symbol.asyncDispose]: async () => undefined,
  }
}
