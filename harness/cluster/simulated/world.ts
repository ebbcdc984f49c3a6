import type { Behaviour, Host } from '../../model/behaviour.ts'
import type { ResolvedTiming } from '../../model/cluster-timing.ts'
import type { NodeState } from '../cluster.ts'
import type { PodObject } from '../kube.ts'
import type { ApiLink } from './api-link.ts'
import type { EventLog } from './event-log.ts'
import type { Random } from './random.ts'
import type { Store } from './store.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** All that a simulated cluster is made of. Its parts know each other by these interfaces only. */
export interface World {
  readonly clock: VirtualClock
  readonly random: Random
  readonly timing: ResolvedTiming
  readonly store: Store
  readonly events: EventLog
  readonly machines: ReadonlyMap<string, Machine>
  readonly images: Images
  readonly runtime: Runtime
  readonly network: Network
  readonly kubelets: ReadonlyMap<string, Kubelet>
}

/** The images that nodes can start. */
export interface Images {
  /** Undefined for an image that no registry has. */
  behaviourOf(image: string): BehaviourInside | undefined
}

/** A node's machine, whatever its Node object says. */
export interface Machine {
  readonly name: string
  readonly role: 'control-plane' | 'worker'
  readonly ip: string
  /** As `10.244.1`, of which its pods' IPs are made. */
  readonly podPrefix: string
  readonly state: NodeState
  readonly link: ApiLink
  /** What its runtime writes, oldest first; the kubelet has it written. */
  readonly journal: JournalLine[]
  /** Calls back whenever its state changes, right after the change. */
  onState(listener: (state: NodeState) => void): void
  /** Of the network and the kubelet's making alike. */
  set(state: NodeState): void
}

export interface JournalLine {
  epochMs: number
  /** As containerd prints it: `time="..." level=info msg="..."`. */
  text: string
}

/** What a node runs pods with. */
export interface Kubelet {
  readonly machine: Machine
  /** As systemd has it; a machine that is off or frozen leaves it as it is. */
  readonly unit: 'active' | 'inactive'
  stop(): void
  start(): void
}

/** A container to be started. */
export interface ContainerOrder {
  machine: Machine
  pod: PodObject
  /** The pod's own, or its machine's where it has hostNetwork. */
  ip: string
  name: string
  image: string
  /** Of the spec, in the place of the image's own. */
  command: readonly string[] | undefined
  args: readonly string[] | undefined
  env: Readonly<Record<string, string>>
}

/** Starts processes and finds them: what containerd is to a kubelet. */
export interface Runtime {
  /** Begins a new incarnation at once; its behaviour runs until it first waits. */
  start(order: ContainerOrder): Process
  /** The newest incarnation of a container, whether it runs or has ended. */
  newest(podUid: string, container: string): Process | undefined
  /** The one before it. */
  previous(podUid: string, container: string): Process | undefined
  /** By the hash of its containerID. */
  byId(id: string): Process | undefined
  /** Forgets a pod that is gone, ends what is left of it, and closes its connections. */
  forget(podUid: string): void
}

export interface Exit {
  atMs: number
  /** 128 and the signal's number, where one ended it. */
  exitCode: number
}

/** One incarnation of a container. */
export interface Process {
  /** 64 hexadecimal digits: the containerID is `containerd://` and these. */
  readonly id: string
  readonly order: ContainerOrder
  readonly startedMs: number
  readonly exited: Exit | undefined
  /** As `SIGTERM`. SIGKILL ends it at once; what it does not handle does nothing. */
  signal(name: string): void
  /** Calls back when it ends, before anything else is told of it; at once where it has. */
  onExit(listener: (exit: Exit) => void): void
  /** Runs a command in it, and calls back when that ends, or with 137 when the process ends before. */
  exec(command: readonly string[], done: (result: ExecOutcome) => void): void
  readonly log: Log
}

export interface ExecOutcome {
  exitCode: number
  stdout: string
}

export interface Log {
  readonly lines: readonly { epochMs: number; text: string }[]
  /** Calls back with each line from the first on, and at its end; gives what ends that. */
  follow(onLine: (text: string, epochMs: number) => void, onEnd: () => void): () => void
}

/** What a probe asks. */
export type ProbeQuestion =
  | {
      way: 'http'
      port: number
      path: string
      headers: Readonly<Record<string, string>>
      scheme: 'HTTP' | 'HTTPS'
    }
  | { way: 'tcp'; port: number }
  | { way: 'grpc'; port: number }
  | { way: 'exec'; command: readonly string[] }

export type ProbeOutcome =
  /** With what the kubelet warns of all the same. */
  | { result: 'success'; warning?: string }
  /** With the kubelet's own words for it, as `HTTP probe failed with statuscode: 500`. */
  | { result: 'failure'; message: string }

/** Who reaches whom, and what becomes of it. */
export interface Network {
  /**
   * Asks a container as its kubelet does, and calls back once: by `timeoutMs` at the latest. What faults have put
   * before it on its machine answers in its place.
   */
  probe(
    process: Process,
    question: ProbeQuestion,
    timeoutMs: number,
    done: (outcome: ProbeOutcome) => void,
  ): void
}

/** What the model's own images are given beside the host, where an app must know nothing of a cluster. */
export interface Inside {
  readonly world: World
  readonly process: Process
  /** Takes the place of the commands that every container has. */
  onExec(handler: (command: readonly string[]) => ExecOutcome | undefined): void
}

/** A behaviour that may look around in the model; an app's own is one that does not. */
export type BehaviourInside = Behaviour | ((host: Host, inside: Inside) => void)
