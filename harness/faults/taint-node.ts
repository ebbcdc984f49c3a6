import type { Kube, NodeObject } from '../cluster/kube.ts'
import { KubeError } from '../cluster/kube-error.ts'
import { EnvironmentError } from '../model/errors.ts'
import type { NodeTaint } from '../model/fault.ts'
import type { Pod } from '../workload/workload.ts'
import type { Fault } from './fault.ts'
import { podUidsOnNodeOf, untilUsable, workerNode } from './node.ts'

export type TaintNodeOptions = NodeTaint

const writes = 5

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
    async inject({ cluster, recording }) {
      const { kube } = cluster
      const before = await workerNode(kube, node, 'tainted')
      if (before.spec?.taints?.some((one) => isSameTaint(one, taint))) {
        throw new EnvironmentError(`${target}: has a taint ${taint.key}:${taint.effect} already`)
      }
      const sinceMs = recording.now()
      const revert = async () => {
        await writeTaints(kube, node, (taints) => taints.filter((one) => !isSameTaint(one, taint)))
        await untilUsable(cluster, node, 'lost its taint')
      }
      try {
        await writeTaints(kube, node, (taints) => [...taints, taint])
      } catch (error) {
        // The answer may be lost and the node tainted all the same.
        await revert().catch(() => undefined)
        throw error
      }
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

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/: a taint is known by its key and effect. */
function isSameTaint(one: { key: string; effect: string }, other: { key: string; effect: string }): boolean {
  return one.key === other.key && one.effect === other.effect
}

type Taints = NonNullable<NonNullable<NodeObject['spec']>['taints']>

/** Others write a node's taints too: the whole list is written where it is still the one that was read. */
async function writeTaints(kube: Kube, name: string, change: (taints: Taints) => Taints): Promise<void> {
  const ref = { apiVersion: 'v1', kind: 'Node', name }
  for (let left = writes; ; left--) {
    const node = await kube.get<NodeObject>(ref)
    if (!node) throw new EnvironmentError(`Node/${name}: is gone`)
    const taints = change(node.spec?.taints ?? [])
    const resourceVersion = node.metadata?.resourceVersion
    try {
      await kube.patch(ref, {
        metadata: { resourceVersion },
        spec: { taints: taints.length > 0 ? taints : null },
      })
      return
    } catch (error) {
      if (!(error instanceof KubeError) || error.code !== 409 || left <= 1) throw error
    }
  }
}
