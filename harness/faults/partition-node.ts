import type { NodeControl } from '../cluster/cluster.ts'
import { EnvironmentError } from '../model/errors.ts'
import type { Pod } from '../workload/workload.ts'
import type { Fault } from './fault.ts'
import { loseNode } from './lose-node.ts'
import { mend, partition } from './partition-scripts.ts'

const mendsWithinMs = 20_000

/**
 * Cuts the node that a pod runs on off from the API server, and from nothing else: what either sends to the other is
 * dropped on the node. Its containers go on, and so does its kubelet, which restarts what ends; it hears of no change, and
 * nobody hears of it. The revert lets them through again, and waits until the node is Ready; so it is when the harness dies.
 */
export function partitionNode(pod: Pod): Fault {
  const keeping = new AbortController()
  let kept: Promise<void> = Promise.resolve()
  return loseNode(pod, {
    ...{ kind: 'partitionNode', how: 'partitioned', requires: 'node.partition', reboots: false },
    async lose(nodes, node, back) {
      const dropped = Promise.withResolvers<string>()
      let isCut = false
      kept = keep(nodes, node, dropped.resolve, keeping.signal)
      kept.catch((error: Error) => (isCut ? back(error.message) : dropped.reject(error)))
      const evidence = await dropped.promise
      isCut = true
      return { observedBy: "the node's nftables", evidence }
    },
    async giveBack(nodes, node) {
      keeping.abort()
      await kept.catch(() => undefined)
      // Its keeper may have ended without a word.
      await nodes.exec(node, ['bash', '-c', mend, 'mend'], { timeoutMs: mendsWithinMs })
    },
  })
}

/** Until the signal; `dropped` is told what was dropped first. */
async function keep(
  nodes: NodeControl,
  node: string,
  dropped: (evidence: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const read = (line: string) => {
    const [, packets, address] = /^dropped (\d+) (\S+)$/.exec(line) ?? []
    const verb = packets === '1' ? 'was' : 'were'
    if (packets) dropped(`${packets} of its packets to the API server at ${address} ${verb} dropped`)
  }
  await nodes.follow(node, ['bash', '-c', partition, 'partition'], read, signal)
  if (!signal.aborted) throw new EnvironmentError('what kept it cut off ended')
}
