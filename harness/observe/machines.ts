import type { Cluster } from '../cluster/cluster.ts'
import type { Recorder } from './recorder.ts'

export interface MachinesOptions {
  cluster: Pick<Cluster, 'nodes' | 'capabilities'>
  recorder: Pick<Recorder, 'now' | 'record' | 'timeline'>
  /** Whether the scenario itself has turned this node off. */
  isHurt(node: string): boolean
  signal: AbortSignal
}

/** The machines of a cluster's nodes, while a scenario plays. */
export interface Machines {
  /** Which one is lost though nobody of the scenario turned it off, as a sentence; undefined where all are there. */
  lost(): string | undefined
}

/** Ends with the machine, and with nothing else. */
const stays = ['sleep', 'infinity']

/**
 * Follows a process on each node, which ends when the node's machine does, and what pauses them: a node that somebody else
 * takes away or freezes is a gap of every claim, from that moment on.
 */
export function followMachines({ cluster, recorder, isHurt, signal }: MachinesOptions): Machines {
  let lost: string | undefined
  const tell = (node: string, what: string) => {
    if (signal.aborted || isHurt(node)) return
    // Not by what the machine is now: one that is taken away is still said to run for a moment, and one may be back already.
    const reason = `the machine of Node/${node} was ${what}, and not by the scenario`
    lost ??= reason
    const atMs = recorder.now()
    recorder.record({ source: 'gap', atMs, fromMs: atMs, watch: 'machine', reason })
  }
  const follow = async (node: string) => {
    await cluster.nodes.follow(node, stays, () => undefined, signal).catch(() => undefined)
    tell(node, 'turned off or taken away')
  }
  const nodes = recorder.timeline.openOf('node').map(({ detail }) => detail.name)
  if (cluster.capabilities.has('node.exec')) {
    for (const node of nodes) void follow(node)
  }
  if (cluster.capabilities.has('node.pause')) {
    // Where the engine itself ends, each machine does.
    cluster.nodes.followPauses(nodes, (node) => tell(node, 'paused'), signal).catch(() => undefined)
  }
  return { lost: () => lost }
}
