import type { ActJournal } from '../cluster/act-journal.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { ClusterTiming } from '../model/cluster-timing.ts'
import { NotCapableError } from '../model/errors.ts'
import type { FaultRecord } from '../model/fault.ts'
import type { Limits } from '../model/limits.ts'
import type { LogSource } from '../model/observation.ts'
import type { Recording } from '../timeline/recording.ts'

/** Traffic that flows to a Service of a workload. */
export interface TrafficFlow {
  readonly service: string
  /** The time up to which every request sent is accounted for, in milliseconds from the recording's zero. */
  settledMs(): number
}

/** Counts the pods that are hurt at once. */
export interface HurtCount {
  take(what: string, pods: string[], signal: AbortSignal): Promise<void>
  give(pods: string[]): Promise<void>
  /** The scenario is over: nothing is hurt by it any more. */
  close(): Promise<void>
}

/** What a scenario's parts share: where it plays, and what has happened in it so far. */
export interface Stage {
  readonly cluster: Cluster
  readonly namespace: string
  /** The scenario's further namespaces. */
  readonly neighbours?: readonly string[]
  readonly recording: Recording
  /** Where its acts are written down before they are done. */
  readonly journal: ActJournal
  /** Aborted at the scenario's deadline and when the run is stopped. */
  readonly signal: AbortSignal
  /** True where faults are left out, to see that the claims notice. */
  readonly control: boolean
  /** True where no other scenario runs meanwhile, so that nodes may be hurt. */
  readonly exclusive: boolean
  /** The cluster's settings that bear on time; Kubernetes' own where absent. */
  readonly timing?: ClusterTiming
  /** What may be hurt; a cluster that is the scenario's alone has no limits. */
  readonly limits?: Limits
  readonly hurtCount?: HurtCount
  /** The image of the pods that rolypoly itself runs; absent where the cluster has none. */
  readonly helperImage?: string | undefined
  readonly faults: FaultRecord[]
  readonly traffic: TrafficFlow[]
  /** Has the log of this container written down, from its first line on. Asked for again, it goes on. */
  followLog(source: LogSource): void
}

/**
 * The image of the pods that rolypoly itself runs.
 *
 * @param what needs it, as the message begins
 * @throws NotCapableError where the cluster has none.
 */
export function helperImageOf({ helperImage }: Pick<Stage, 'helperImage'>, what: string): string {
  if (helperImage !== undefined) return helperImage
  throw new NotCapableError(
    `${what}: needs a pod of rolypoly's own, whose image nobody named: \`rolypoly doctor --rbac\` says how to build and push it, and --helper-image names it`,
  )
}
