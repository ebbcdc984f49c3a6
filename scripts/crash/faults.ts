import {
  cordonNode,
  deleteNode,
  deletePod,
  drainNode,
  type Fault,
  failProbe,
  freezeContainer,
  type Pod,
  partitionNode,
  pauseNode,
  stopControlPlane,
  stopKubelet,
  stopNode,
  taintNode,
} from '@rolypoly/harness'
import type { ProbesOptions } from '../../charts/probes/chart.ts'

/** A fault that a run is killed in, by what it is called in the matrix. */
export interface Hurt {
  fault(pod: Pod): Fault
  /** It stays when the run has died: it neither goes with the scenario's namespace nor is kept up by a process on the node. */
  stays?: true
  /** How the app is asked; over HTTP unless given. */
  app?: ProbesOptions
}

/** Every fault that leaves something to be undone, in each of its ways; and one that leaves nothing. */
export const hurts: Record<string, Hurt> = {
  'failProbe over HTTP': { fault: (pod) => failProbe(pod, 'liveness') },
  'failProbe over tcp': { fault: (pod) => failProbe(pod, 'liveness'), app: { liveness: 'tcp' } },
  'failProbe of a command': { fault: (pod) => failProbe(pod, 'liveness'), app: { liveness: 'exec' } },
  freezeContainer: { fault: (pod) => freezeContainer(pod) },
  partitionNode: { fault: partitionNode },
  stopNode: { fault: stopNode, stays: true },
  pauseNode: { fault: pauseNode, stays: true },
  stopKubelet: { fault: stopKubelet, stays: true },
  deleteNode: { fault: deleteNode, stays: true },
  cordonNode: { fault: cordonNode, stays: true },
  drainNode: { fault: (pod) => drainNode(pod), stays: true },
  taintNode: { fault: (pod) => taintNode(pod, { key: 'crash', effect: 'NoExecute' }), stays: true },
  'stopControlPlane of the scheduler': { fault: () => stopControlPlane('kube-scheduler') },
  'stopControlPlane of the API server': { fault: () => stopControlPlane('kube-apiserver') },
  deletePod: { fault: (pod) => deletePod(pod) },
}
