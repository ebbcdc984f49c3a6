import type { ImageSupply } from '../model/image.ts'
import type { Clock } from './clock.ts'
import type { Uses } from './existing/uses.ts'
import type { Kube } from './kube.ts'

/** What a cluster lets the harness do beyond the API. */
export type Capability =
  /** Delete a Node object and bring it back. */
  | 'node.delete'
  /** Run a command on a node, outside any pod. */
  | 'node.exec'
  /** Signal a container's first process by way of the node's runtime. */
  | 'container.signal'
  /** Freeze the processes of a container, and let them go on. */
  | 'container.freeze'
  /** Redirect the kubelet's own probes to a proxy on the node. */
  | 'probe.intercept'
  /** Make Jobs by the clock: a CronJob does something. */
  | 'controller.cronjob'
  /** Turn a node's machine off, and on again. */
  | 'node.stop'
  /** Freeze all that runs on a node, and let it go on. */
  | 'node.pause'
  /** Stop a node's kubelet alone, and start it again. */
  | 'node.kubelet'
  /** Cut a node off from the API server, and let them talk again. */
  | 'node.partition'
  /** Take a component of the control plane away, and give it back. */
  | 'node.controlPlane'
  /** Requests and limits of containers are enforced. */
  | 'pod.resources'

/** What a node's machine is doing, whatever its Node object says. */
export type NodeState = 'running' | 'paused' | 'stopped'

/** What is done to nodes themselves, where the cluster is capable of it. Each throws EnvironmentError where it fails. */
export interface NodePower {
  state(node: string): Promise<NodeState>
  /** Turns it off as a power cut does: nothing on it is told. */
  stop(node: string): Promise<void>
  /** Turns it on; it is not up yet. */
  start(node: string): Promise<void>
  pause(node: string): Promise<void>
  unpause(node: string): Promise<void>
  /**
   * Calls back whenever one of these is paused, by whomever, until the signal.
   *
   * @throws EnvironmentError where that cannot be told any longer.
   */
  followPauses(nodes: readonly string[], onPause: (node: string) => void, signal: AbortSignal): Promise<void>
  /** Stops or starts its kubelet, and gives systemd's word for what that is then: `active`, `inactive`. */
  kubelet(node: string, act: 'stop' | 'start'): Promise<string>
}

export interface NodeControl extends NodePower {
  /**
   * Runs a command on a node, outside any pod, and gives its standard output.
   *
   * @throws EnvironmentError where the command fails or the node is not there.
   */
  exec(node: string, command: string[], options?: { timeoutMs?: number }): Promise<string>
  /**
   * Runs a command on a node until it ends or the signal, and calls back with each line that it prints. No process of
   * it stays on the node, not even where the harness dies.
   *
   * @throws EnvironmentError where the command fails before the signal, or the node is not there.
   */
  follow(node: string, command: string[], onLine: (line: string) => void, signal: AbortSignal): Promise<void>
}

/** A cluster as scenarios and faults see it, whoever provides it. */
export interface Cluster extends AsyncDisposable {
  readonly provider: 'kind' | 'existing' | 'simulated'
  readonly name: string
  readonly kube: Kube
  readonly clock: Clock
  readonly capabilities: ReadonlySet<Capability>
  readonly nodes: NodeControl
  /**
   * Makes a chart's images ready for the nodes that can run pods, or for `all`, the control plane's too; done at once
   * where they are.
   *
   * @throws UsageError or EnvironmentError where one cannot be had.
   */
  provideImages(
    supply: ImageSupply,
    options?: { into?: 'schedulable' | 'all'; signal?: AbortSignal },
  ): Promise<void>
  /** What was asked of it so far, where it only stands for an existing one: a simulated cluster in a dry run. */
  readonly rehearsal?: Uses
  /** Six letters that no other name on it ends with. */
  newSuffix(): string
}
