import { probeSpots } from './weak-spots/probes.ts'
import { replicaSpots } from './weak-spots/replicas.ts'
import type { Surroundings, WeakSpot, WorkloadSpec } from './weak-spots/spec.ts'
import { stoppingSpots } from './weak-spots/stopping.ts'

export { roomOf } from './weak-spots/replicas.ts'
export type {
  BudgetSpec,
  ContainerSpec,
  PodSpec,
  ProbeSpec,
  ServiceSpec,
  Surroundings,
  WeakSpot,
  WorkloadSpec,
} from './weak-spots/spec.ts'
export { sendsTo } from './weak-spots/spec.ts'

/**
 * What in a workload's spec will break, or will not be mended, as far as the spec alone tells. A well-made one has none.
 * What an app does by itself is not known: where it matters, the consequence says so.
 */
export function weakSpots(workload: WorkloadSpec, beside: Surroundings): WeakSpot[] {
  return [
    ...stoppingSpots(workload, beside.services),
    ...probeSpots(workload, beside.services),
    ...replicaSpots(workload, beside),
  ]
}
