/** The kinds of object that a scenario's recorder watches. */
export type WatchedKind = 'Pod' | 'EndpointSlice' | 'Event' | 'Deployment' | 'ReplicaSet' | 'Node'

/** The part of a Kubernetes object that every observation of one carries. */
export interface ObservedObject {
  kind?: string
  metadata: {
    name: string
    namespace?: string
    uid: string
    resourceVersion?: string
    [field: string]: unknown
  }
  [field: string]: unknown
}

/** One event of a watch. `LISTED` is an object that was there when the watch began. */
export interface WatchObservation {
  source: 'watch'
  /** Arrival, in milliseconds from the scenario's zero, by a monotonic clock. */
  atMs: number
  kind: WatchedKind
  type: 'LISTED' | 'ADDED' | 'MODIFIED' | 'DELETED'
  /** The API server's own time of the object's last write, whole seconds, where the object tells it. */
  serverTime?: string
  object: ObservedObject
}

/** One request of the traffic prober. */
export interface TrafficObservation {
  source: 'traffic'
  /** When the request was sent. */
  atMs: number
  service: string
  /** Counts up from 0 for each prober; a missing number is a lost record. */
  seq: number
  connection: 'new' | 'reused'
  /** From sending to the end of the answer, or to the failure. */
  tookMs: number
  /** The answer's status; absent where there was no answer. */
  status?: number
  /** Why there was no good answer: `refused`, `reset`, `timeout`, `unreachable`, `closed`, `status`, or the system's own code. */
  lost?: string
  /** The pod that answered, or that the connection had answered from before, by its own word (header `x-pod`). */
  pod?: string
}

/** A step in a fault's life, written by the harness. */
export interface FaultObservation {
  source: 'fault'
  atMs: number
  /** Numbers a scenario's faults from 0. */
  fault: number
  phase: 'injecting' | 'landed' | 'reverted'
  kind: string
  target: string
  evidence?: string
}

/** A stretch in which a watch may have missed something. */
export interface GapObservation {
  source: 'gap'
  /** When the harness could see again. */
  atMs: number
  fromMs: number
  watch: WatchedKind | 'traffic'
  reason: string
}

/** A deliberate hold, or another step of the harness that belongs on the timeline. */
export interface StepObservation {
  source: 'step'
  atMs: number
  untilMs: number
  step: string
}

/** One thing seen, with its time: one line of a recording. */
export type Observation =
  | WatchObservation
  | TrafficObservation
  | FaultObservation
  | GapObservation
  | StepObservation
