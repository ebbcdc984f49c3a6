import type { ClusterTiming } from '../model/cluster-timing.ts'
import type { FaultEffect } from '../model/fault.ts'
import type { JobTiming } from './jobs.ts'
import type { RollOut } from './roll-out.ts'
import type { ContainerTiming, PodTiming } from './spec.ts'

/** What a prediction is about: what was done to a pod of this spec. */
export interface Situation {
  effect: FaultEffect
  pod: PodTiming
  /** The container meant, where a claim is about one; the one that the fault hurts otherwise. */
  container?: string
  /** How often that container had been restarted before the fault. */
  restartsBefore: number
  /** How long the workload's pods took to become ready before the fault, from their containers' start. */
  readyTookMs?: number
  /** How many nodes are lost while the fault's is, that one among them; it alone unless given. */
  nodesLost?: number
  /** Whether the fault has been undone. */
  reverted?: boolean
  /** The Deployment that the pods are of, where the fault changes it. */
  rollOut?: RollOut
  /** The Job that the pods are of, where a claim is about one. */
  job?: JobTiming
  /** Kubernetes' own settings unless given. */
  cluster?: ClusterTiming
}

export function containerOf({ effect, pod, container }: Situation): ContainerTiming | undefined {
  const name = container ?? ('container' in effect ? effect.container : undefined)
  return name === undefined ? pod.containers[0] : pod.containers.find((c) => c.name === name)
}
