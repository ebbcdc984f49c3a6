import type { ExistingAccess } from '../cluster/existing/cluster.ts'
import type { ClusterTiming } from '../model/cluster-timing.ts'
import type { Limits } from '../model/limits.ts'

/** How a worker reaches the run's cluster. */
export type ClusterAccess =
  | { provider: 'kind'; name: string; kubeconfig: string; kindPath: string; nodes: number }
  | ({ provider: 'existing'; nodes: number } & ExistingAccess)
  /** Each scenario has one of its own, made anew; the seed is the run's. */
  | { provider: 'simulated'; name: string; seed: number; nodes: number; rehearses?: ExistingAccess }

/** What a run's main process tells its workers. */
export interface RunInfo {
  id: string
  /** The run's folder, absolute. */
  folder: string
  mode: 'normal' | 'control'
  cluster: ClusterAccess
  /** The cluster's settings that bear on time. */
  timing: ClusterTiming
  /** The image of the pods that rolypoly itself runs; every node has it, or can pull it. Absent where nobody named one. */
  helperImage?: string
  /** What may be hurt; absent where each scenario's cluster is its own. */
  limits?: Limits
  /** Where workers hear that the run is to stop. */
  stopLine: string
}

declare module 'vitest' {
  interface ProvidedContext {
    rolypoly: RunInfo
  }
}
