import type { NodeObject } from '../cluster/kube.ts'
import { EnvironmentError } from '../model/errors.ts'
import { isOpenIn } from '../timeline/steady.ts'
import type { Pod } from '../workload/workload.ts'
import type { Fault } from './fault.ts'
import { podUidsOnNodeOf, workerNode } from './node.ts'
import { orReverted } from './or-reverted.ts'

const readyAgainMs = 120_000
/**
 * PodGC's quarantine of a node that was missing outlasts its return: up to 40 s, and until it looks again
 * (kubernetes/pkg/controller/podgc/gc_controller.go: nodeQueue). Deleted again within that time, its pods are taken early.
 */
const youngMs = 90_000

/**
 * Deletes the Node object that a pod runs on; its machine and its kubelet go on. The revert creates the same Node
 * again (name, labels, taints, podCIDRs, providerID) and waits until it is Ready: a kubelet that registers by itself
 * would get another podCIDR, and none of the labels.
 */
export function deleteNode(pod: Pod): Fault {
  const name = pod.nodeName
  const target = `Node/${name}`
  const { timeline } = pod.stage.recording
  const effect = { does: 'delete-node', node: name, podUids: podUidsOnNodeOf(pod) } as const
  return {
    kind: 'deleteNode',
    target,
    effect,
    requires: ['node.delete'],
    receiptWithinMs: 10_000,
    lasting: true,
    exclusive: true,
    async inject({ cluster, recording, signal, journal }) {
      const ref = { apiVersion: 'v1', kind: 'Node', name }
      const before = await workerNode(cluster.kube, name, 'deleted')
      const uid = before.metadata?.uid ?? ''
      const madeMs = Date.parse(before.metadata?.creationTimestamp ?? '')
      const strikeOut = await journal.begin({ does: 'deleteNode', target, object: savedNode(before) })
      const revert = async () => {
        if (!(await cluster.kube.get(ref))) await cluster.kube.create(savedNode(before))
        await strikeOut()
        const isReady = () => {
          const back = timeline.of('node').find(({ toMs, detail }) => toMs === null && detail.name === name)
          return back && isOpenIn(timeline.of('node-ready', back.uid)) ? true : undefined
        }
        // Repair goes on after the scenario's own deadline: it is owed to the next one.
        const ready = await recording.waitFor(isReady, recording.now() + readyAgainMs)
        if (!ready && !signal.aborted)
          throw new EnvironmentError(`${target}: was created again, but is not Ready after two minutes`)
      }
      const isYoung = cluster.clock.epoch() - madeMs < youngMs
      await orReverted(revert, () => cluster.kube.delete(ref, { uid }))
      return {
        ...{ effect: { ...effect, isYoung }, revert },
        receipt(timeline) {
          const atMs = timeline.of('node', uid)[0]?.toMs
          const evidence = `the Node of UID ${uid} is gone`
          return typeof atMs === 'number' ? { atMs, observedBy: 'watch of nodes', evidence } : undefined
        },
      }
    },
  }
}

function savedNode({ metadata, spec }: NodeObject): NodeObject {
  const { name, labels, annotations } = metadata ?? {}
  const { podCIDR, podCIDRs, providerID, taints } = spec ?? {}
  const own = (taints ?? []).filter(({ key }) => !key.startsWith('node.kubernetes.io/'))
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels, annotations },
    spec: { podCIDR, podCIDRs, providerID, ...(own.length > 0 && { taints: own }) },
  } as NodeObject
}
