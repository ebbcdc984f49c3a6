/** The kinds of object that a scenario's recorder watches. */
export type WatchedKind =
  | 'Pod'
  | 'EndpointSlice'
  | 'Event'
  | 'Deployment'
  | 'ReplicaSet'
  | 'Job'
  | 'PodDisruptionBudget'
  | 'Service'
  | 'Node'

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
  /** What the scenario calls the object's namespace, where that is not its own first one. */
  alias?: string
  object: ObservedObject
}

/**
 * What a Service or a workload is called on the timeline: by its own name in the scenario's own namespace, and as
 * `neighbour/web` in one that the scenario calls `neighbour`.
 */
export function calledIn(alias: string | undefined, name: string): string {
  return alias === undefined ? name : `${alias}/${name}`
}

/** Kubernetes' own name of what is called so: no name there has a `/`. */
export function ownName(called: string): string {
  return called.slice(called.lastIndexOf('/') + 1)
}

/** One request of the traffic prober, through a Service or, where `address` says so, of one of its endpoints itself. */
export interface TrafficObservation {
  source: 'traffic'
  /** When the request was sent. */
  atMs: number
  service: string
  /** Counts up from 0 for each prober; a missing number is a lost record. */
  seq: number
  connection: 'new' | 'reused'
  /** The pod IP that was asked directly; absent where the Service was. */
  address?: string
  /** The prober's own port of the connection to the Service. */
  port?: number
  /** How long a reused connection had been open. */
  ageMs?: number
  /** From sending to the end of the answer, or to the failure. */
  tookMs: number
  /** The answer's status; absent where there was no answer. */
  status?: number
  /** Why there was no good answer: `refused`, `reset`, `timeout`, `unreachable`, `closed`, `status`, or the system's own code. */
  lost?: string
  /** The pod that answered, or that the connection had answered from before, by its own word (header `x-pod`). */
  pod?: string
}

/** The prober's node has sent a connection to the Service on to this pod. */
export interface RouteObservation {
  source: 'route'
  /** When the connection was begun. */
  atMs: number
  service: string
  /** The prober's own port of the connection. */
  port: number
  /** The pod IP that it was sent to. */
  address: string
}

/** The node's runtime has sent a container a signal. */
export interface SignalObservation {
  source: 'signal'
  /** When it was sent, which the harness learns later. */
  atMs: number
  podUid: string
  /** `Pod/namespace/name/container` */
  subject: string
  container: string
  containerID: string
  /** `SIGTERM`, `SIGQUIT`, ... as the image or the spec asks for; `SIGKILL` at the end of the grace period. */
  signal: string
}

/** The node's runtime has seen a container's first process end. */
export interface ExitObservation {
  source: 'exit'
  /** When it ended, which the harness learns later. */
  atMs: number
  podUid: string
  /** `Pod/namespace/name/container` */
  subject: string
  container: string
  containerID: string
  exitCode: number
}

/** A container of a pod whose log is read. */
export interface LogSource {
  podUid: string
  /** The scenario's own unless given. */
  namespace?: string
  /** The pod's name. */
  name: string
  container: string
}

/** A line that a container has written, of those that a claim is about. */
export interface LogObservation {
  source: 'log'
  /** When it was written, by its node's clock. */
  atMs: number
  podUid: string
  /** `Pod/namespace/name/container` */
  subject: string
  container: string
  containerID: string
  line: string
  /** It was written down before, and has proved to be of a later incarnation: its kubelet knew of that one first. */
  takenBack?: true
}

/** How busy the machine is, measured while it runs: what is late on a busy machine may be nobody's broken promise. */
export interface NoiseObservation {
  source: 'noise'
  atMs: number
  /** A small write to the API server, from its sending to its answer. */
  apiMs: number
  /** From the sending of that write to the arrival of its watch event; absent where none came in time. */
  watchMs?: number
  /** The share of the time since the last measurement in which some task waited for a CPU, 0 to 1. */
  cpuWaiting?: number
  /** Tasks that ran or waited since then, for each CPU, on average. */
  cpuQueue?: number
}

/** A step in a fault's life, written by the harness. */
export interface FaultObservation {
  source: 'fault'
  atMs: number
  /** Numbers a scenario's faults from 0. */
  fault: number
  /** `landed` once its receipt is in; `reverted` where it lasts until it is undone. */
  phase: 'injecting' | 'landed' | 'reverted'
  /** False for what is over once it has landed, as a deletion. */
  lasting: boolean
  kind: string
  target: string
  evidence?: string
}

/** A probe that a fault has answered in the workload's place. */
export interface ProbeObservation {
  source: 'probe'
  atMs: number
  fault: number
  podUid: string
  /** `Pod/namespace/name/container` */
  subject: string
  probe: string
  /** What the kubelet was given: `status 500`, `reset`, `silence`, `delay 3000 ms`. */
  answered: string
}

/** The API server's answer to an eviction that a fault has asked for. */
export interface EvictionObservation {
  source: 'eviction'
  /** When the answer came. */
  atMs: number
  podUid: string
  /** `Pod/namespace/name` */
  subject: string
  refused: boolean
  /** The PodDisruptionBudget that it was refused for, where that is known. */
  budget?: string
  /** Its own sentence. */
  why?: string
}

/** A stretch in which a watch may have missed something. */
export interface GapObservation {
  source: 'gap'
  /** When the harness could see again. */
  atMs: number
  fromMs: number
  watch: WatchedKind | 'traffic' | 'probe' | 'log' | 'clock' | 'machine'
  reason: string
  /** Nothing was missed: each object was as it was last seen, at the same resourceVersion, and there was no other. */
  unchanged?: true
}

/** A deliberate hold, or another step of the harness that belongs on the timeline. */
export interface StepObservation {
  source: 'step'
  atMs: number
  untilMs: number
  step: string
}

/** What a workload is made of, as far as its steadiness goes. */
export interface WorkloadShape {
  name: string
  namespace: string
  /** The objects that pods belong to: a Deployment each, or a bare Pod. */
  roots: { kind: string; name: string; uid: string; replicas: number }[]
  /** The Services of the workload, as the timeline calls them, with the labels that each selects by. */
  services: { name: string; selector: Record<string, string> }[]
}

/** A workload was applied: from here on its steadiness is part of the timeline. */
export interface WorkloadObservation {
  source: 'workload'
  atMs: number
  workload: WorkloadShape
}

/** One thing seen, with its time: one line of a recording. */
export type Observation =
  | WorkloadObservation
  | WatchObservation
  | TrafficObservation
  | RouteObservation
  | SignalObservation
  | ExitObservation
  | NoiseObservation
  | LogObservation
  | FaultObservation
  | ProbeObservation
  | EvictionObservation
  | GapObservation
  | StepObservation
