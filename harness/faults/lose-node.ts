import type { Capability, NodeControl, NodeState } from '../cluster/cluster.ts'
import { untilNodeBack } from '../cluster/health.ts'
import { EnvironmentError } from '../model/errors.ts'
import type { NodeLoss } from '../model/fault.ts'
import type { Pod } from '../workload/workload.ts'
import { type Act, type Fault, noLongerInPlace } from './fault.ts'
import { podUidsOnNodeOf, untilTold, workerNode } from './node.ts'
import { orReverted } from './or-reverted.ts'

const backWithinMs = 180_000

interface Seen {
  /** By whose word. */
  observedBy: string
  evidence: string
}

/** A way in which a node is lost. */
export interface Way {
  kind: string
  how: NodeLoss
  requires: Capability
  /** Its containers end with it. */
  reboots: boolean
  /** Gives what proves that it is lost; undefined where it is not. `back` is told where it does not stay so. */
  lose(nodes: NodeControl, node: string, back: (why: string) => void): Promise<Seen | undefined>
  /** Does nothing where it is not lost. */
  giveBack(nodes: NodeControl, node: string): Promise<void>
}

/**
 * Turns off the node that a pod runs on, at once and without a word to anything on it, as a power cut does. The revert
 * turns it on and waits until it is Ready by its own kubelet's word, and its pods of kube-system run again: its pods
 * have new containers and new IPs then.
 */
export function stopNode(pod: Pod): Fault {
  return loseNode(pod, {
    ...{ kind: 'stopNode', how: 'stopped', requires: 'node.stop', reboots: true },
    async lose(nodes, node) {
      await nodes.stop(node)
      return seenIn(nodes, node, 'stopped')
    },
    giveBack: (nodes, node) => nodes.start(node),
  })
}

/**
 * Freezes everything on the node that a pod runs on, its kubelet too: connections stay open, and nothing is answered.
 * The revert lets it go on where it was.
 */
export function pauseNode(pod: Pod): Fault {
  return loseNode(pod, {
    ...{ kind: 'pauseNode', how: 'paused', requires: 'node.pause', reboots: false },
    async lose(nodes, node) {
      await nodes.pause(node)
      return seenIn(nodes, node, 'paused')
    },
    async giveBack(nodes, node) {
      if ((await nodes.state(node)) === 'paused') await nodes.unpause(node)
    },
  })
}

/**
 * Stops the kubelet of the node that a pod runs on. Its containers go on, unprobed, and nobody restarts them. The revert
 * starts it again.
 */
export function stopKubelet(pod: Pod): Fault {
  return loseNode(pod, {
    ...{ kind: 'stopKubelet', how: 'kubelet stopped', requires: 'node.kubelet', reboots: false },
    async lose(nodes, node) {
      const state = await nodes.kubelet(node, 'stop')
      const evidence = `the kubelet of ${node} is ${state}`
      return state === 'inactive' ? { observedBy: 'systemd on the node', evidence } : undefined
    },
    async giveBack(nodes, node) {
      await nodes.kubelet(node, 'start')
    },
  })
}

async function seenIn(nodes: NodeControl, node: string, wanted: NodeState): Promise<Seen | undefined> {
  const state = await nodes.state(node)
  return state === wanted ? { observedBy: "the node's machine", evidence: `${node} is ${state}` } : undefined
}

/** What all these have in common. */
export function loseNode(pod: Pod, way: Way): Fault {
  const { kind, how, requires } = way
  const node = pod.nodeName
  const target = `Node/${node}`
  return {
    ...{ kind, target, lasting: true, exclusive: true, receiptWithinMs: 1_000, requires: [requires] },
    effect: { does: 'lose-node', node, how, podUids: podUidsOnNodeOf(pod) },
    async inject({ cluster, recording }): Promise<Act> {
      const { kube, clock, nodes } = cluster
      await workerNode(kube, node, how === 'kubelet stopped' ? 'stopped' : how)
      const revert = async () => {
        // A kubelet that goes on says nothing new where nobody had missed it.
        const goesOn = how === 'paused' || how === 'partitioned'
        const back = { sinceMs: goesOn ? 0 : clock.epoch(), rebooted: way.reboots }
        await way.giveBack(nodes, node)
        // Repair goes on after the scenario's own deadline: it is owed to the next one.
        const wrong = await untilNodeBack(kube, clock, node, back, backWithinMs)
        if (wrong) throw new EnvironmentError(`${target}: was given back three minutes ago, and ${wrong}`)
        if (how === 'partitioned') await untilTold({ cluster, recording }, [node], target, backWithinMs)
      }
      const back = (why: string) => noLongerInPlace(recording, `${target}: ${why}`)
      const seen = await orReverted(revert, () => way.lose(nodes, node, back))
      const receipt = seen && { atMs: recording.now(), ...seen }
      return { receipt: () => receipt, revert }
    },
  }
}
