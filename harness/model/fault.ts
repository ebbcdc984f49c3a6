import type { Receipt } from './result.ts'

/** Which of a container's probes. */
export type ProbeKind = 'liveness' | 'readiness' | 'startup'

/** How a failing probe is answered. */
export type ProbeFailure =
  | { with: 'status'; status: number }
  /** The connection is reset. */
  | { with: 'reset' }
  /** Nothing is answered, until the probe times out. */
  | { with: 'silence' }
  /** The true answer, so much later. */
  | { with: 'delay'; delayMs: number }
  /** A command that ends so. */
  | { with: 'exit'; exitCode: number }

/** How a node is lost: its machine off, its machine frozen, only its kubelet stopped, or cut off from the API server. */
export type NodeLoss = 'stopped' | 'paused' | 'kubelet stopped' | 'partitioned'

/** A taint that a fault gives a node. */
export interface NodeTaint {
  key: string
  value?: string
  effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

/** What a version of an app does that no spec tells, in milliseconds from the start of its container. */
export interface AppTiming {
  /** Its readiness fails until then. */
  readyAfterMs?: number
  /** Its liveness fails from then on. */
  illAfterMs?: number
}

/** What a fault does to whom, as far as predictions and claims need to know. */
export type FaultEffect =
  | { does: 'delete-pod'; podUid: string; force: boolean }
  /** The labels that it is selected by are taken away. */
  | { does: 'orphan-pod'; podUid: string }
  | { does: 'signal'; podUid: string; container: string; signal: string }
  /** A container that had run for so long is stopped where it is: it answers nothing, and hears no signal but SIGKILL. */
  | { does: 'freeze'; podUid: string; container: string; ranForMs: number }
  | { does: 'fail-probe'; podUid: string; container: string; probes: ProbeKind[]; failure: ProbeFailure }
  /** `isYoung` where a Node of that name may have been missing a moment before. */
  | { does: 'delete-node'; node: string; podUids: string[]; isYoung?: boolean }
  | { does: 'lose-node'; node: string; how: NodeLoss; podUids: string[] }
  /** A component of the control plane is away; it hurts no pod itself. */
  | { does: 'stop-control-plane'; component: string; podUids: string[] }
  /** A Deployment, by its UID, is given another number of replicas; those pods that may have to go are hurt. */
  | { does: 'scale'; deployment: string; from: number; to: number; podUids: string[] }
  /** A Deployment, by its UID, is given another template; the pods that it had, of `oldSet`, are to go. */
  | { does: 'roll-out'; deployment: string; oldSet: string | null; podUids: string[]; app?: AppTiming }
  /** A node takes no new pods. */
  | { does: 'cordon'; node: string; podUids: string[] }
  /** A node takes no new pods, and these of its pods are evicted: by their budgets, `atOnce` at a time; null for all. */
  | { does: 'drain'; node: string; podUids: string[]; atOnce: number | null }
  /** A node has another taint; by NoExecute these of its pods may have to go. */
  | { does: 'taint'; node: string; podUids: string[]; taint: NodeTaint }
  /**
   * What these pods depend on is away: a Deployment, by its UID, has no pods. Before, its own became ready within
   * `readyTookMs`, from their creation.
   */
  | { does: 'lose-dependency'; deployment: string; readyTookMs: number; podUids: string[] }

/** While it lasts nothing is seen of the cluster, and nothing can be written. */
export function stopsApiServer(effect: FaultEffect): boolean {
  return effect.does === 'stop-control-plane' && effect.component === 'kube-apiserver'
}

/** The evidence of a fault in a control run. */
export const leftOut = 'left out on purpose'

/** A fault of a scenario, from its injection on. Times are milliseconds from the scenario's zero. */
export interface FaultRecord {
  number: number
  /** The function's name, as `deletePod`. */
  kind: string
  target: string
  effect: FaultEffect
  injectedAtMs: number
  receipt: Receipt | null
  revertedAtMs: number | undefined
  /** The incarnation of a container that the fault itself ended on the way to its receipt, by containerID. */
  ended?: string
}

/** The UIDs of the pods that a fault hurts. */
export function hurtPods(effect: FaultEffect): string[] {
  return 'podUids' in effect ? effect.podUids : [effect.podUid]
}
