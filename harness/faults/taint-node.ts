import { addTaint, isSameTaint, removeTaint } from '../cluster/node-marks.ts'
import { EnvironmentError } from '../model/errors.ts'
import type { NodeTaint } from '../model/fault.ts'
import type { Pod } from '../workload/workload.ts'
import type { Fault } from './fault.ts'
import { podUidsOnNodeOf, untilUsable, workerNode } from './node.ts'
import { orReverted } from './or-reverted.ts'

export type TaintNodeOptions = NodeTaint

/**
 * Taints the node that a pod runs on, as `kubectl taint` does. By `NoExecute` the pods on it that do not tolerate it go at
 * once, without a word to their budgets, and those with tolerationSeconds after these; DaemonSets' pods as well, where
 * they tolerate nothing. The revert takes the taint away.
 */
export function taintNode(pod: Pod, taint: TaintNodeOptions): Fault {
  const node = pod.nodeName
  const target = `Node/${node}`
  const podUids = taint.effect === 'NoExecute' ? podUidsOnNodeOf(pod) : []
  return {
    ...{ kind: 'taintNode', target, requires: [], receiptWithinMs: 10_000, lasting: true, exclusive: true },
    effect: { does: 'taint', node, podUids, taint },
    async inject({ cluster, recording, namespace }) {
      const { kube } = cluster
      const before = await workerNode(kube, node, 'tainted')
      if (before.spec?.taints?.some((one) => isSameTaint(one, taint))) {
        throw new EnvironmentError(`${target}: has a taint ${taint.key}:${taint.effect} already`)
      }
      const sinceMs = recording.now()
      const revert = async () => {
        await removeTaint(kube, node, taint)
        await untilUsable(cluster, node, 'lost its taint')
      }
      await orReverted(revert, () => addTaint(kube, node, taint, namespace))
      return {
        revert,
        receipt(timeline) {
          const seen = timeline
            .of('node-tainted')
            .find(
              ({ detail, fromMs }) => detail.name === node && isSameTaint(detail, taint) && fromMs >= sinceMs,
            )
          const evidence = `its spec.taints has ${taint.key}=${taint.value ?? ''}:${taint.effect}`
          // Tolerations are counted from its write, of which the watch may tell later than the taint manager hears of it.
          return seen && { atMs: sinceMs, observedBy: 'watch of nodes', evidence }
        },
      }
    },
  }
}
