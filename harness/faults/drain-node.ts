import type { PodObject } from '../cluster/kube.ts'
import { cordon, uncordon } from '../cluster/node-marks.ts'
import { toMs } from '../model/duration.ts'
import { EnvironmentError } from '../model/errors.ts'
import { roleLabel } from '../model/limits.ts'
import { keeps } from '../timeline/budgets.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import type { Pod } from '../workload/workload.ts'
import { type EvictOptions, evict, evictWithin } from './evict.ts'
import type { Act, Fault } from './fault.ts'
import { isDrained, podUidsOnNodeOf, untilUsable, workerNode } from './node.ts'
import { orReverted } from './or-reverted.ts'

/** Marks the node that a pod runs on as unschedulable, as `kubectl cordon` does. The revert uncordons it. */
export function cordonNode(pod: Pod): Fault {
  const node = pod.nodeName
  return {
    ...{ kind: 'cordonNode', target: `Node/${node}`, requires: [], receiptWithinMs: 10_000 },
    ...{ lasting: true, exclusive: true, effect: { does: 'cordon', node, podUids: [] } },
    inject: (stage) => cordoned(stage, node),
  }
}

/**
 * Cordons the node that a pod runs on, and evicts every pod of the scenario from it but those of DaemonSets and the
 * kubelet's own, as `kubectl drain` does: what a budget refuses is asked for again every 5 s. Injected once each of them
 * is evicted, or refused to the end. The revert uncordons the node.
 */
export function drainNode(pod: Pod, { within = evictWithin }: EvictOptions = {}): Fault {
  const node = pod.nodeName
  const { timeline } = pod.stage.recording
  const podUids = podUidsOnNodeOf(pod).filter((uid) => !isOwn(timeline, uid))
  const effect = { does: 'drain', node, podUids, atOnce: roomFor(timeline, podUids) } as const
  return {
    ...{ kind: 'drainNode', target: `Node/${node}`, requires: [], receiptWithinMs: 10_000 },
    ...{ lasting: true, exclusive: true, effect },
    async inject(stage, _, alsoHurts) {
      const act = await cordoned(stage, node)
      const { timeline: seen } = stage.recording
      const drained = await orReverted(act.revert, async () => {
        const pods = await podsToEvict(stage, node)
        // What came to the node before the cordon did.
        await alsoHurts?.(pods)
        const uids = pods.flatMap(({ metadata }) => metadata?.uid ?? [])
        const atOnce = roomFor(seen, uids)
        await evictAll(stage, pods, toMs(within))
        return { ...effect, podUids: uids, atOnce }
      })
      return { ...act, effect: drained }
    },
  }
}

async function podsToEvict(
  { cluster, namespace, neighbours = [] }: Stage,
  node: string,
): Promise<PodObject[]> {
  const podsIn = async (namespace: string) => {
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace, fieldSelector: `spec.nodeName=${node}` }
    return (await cluster.kube.list<PodObject>(ref)).items.filter(isDrained)
  }
  return (await Promise.all([namespace, ...neighbours].map(podsIn))).flat()
}

async function evictAll(stage: Stage, pods: PodObject[], withinMs: number): Promise<void> {
  const untilMs = stage.recording.now() + withinMs
  // Where one of them fails, the others are not gone on with.
  const failing = new AbortController()
  const signal = AbortSignal.any([stage.signal, failing.signal])
  const evictions = pods.map(async ({ metadata: { namespace = '', name = '', uid = '' } = {} }) => {
    try {
      await evict({ ...stage, signal }, { namespace, name, uid }, untilMs)
    } catch (error) {
      failing.abort(error)
      throw error
    }
  })
  await Promise.all(evictions)
}

/** What rolypoly itself runs stays where it is. */
function isOwn(timeline: Timeline, uid: string): boolean {
  return timeline.of('pod', uid).some(({ detail }) => detail.labels[roleLabel] !== undefined)
}

/** How many of these pods their budgets let go at once; null where none has a budget. */
function roomFor(timeline: Timeline, podUids: string[]): number | null {
  const pods = podUids.flatMap((uid) => timeline.of('pod', uid))
  const rooms = timeline
    .openOf('budget')
    .filter((budget) => pods.some((pod) => keeps(budget, pod)))
    .map(({ detail }) => detail.allowed)
  return rooms.length > 0 ? Math.min(...rooms) : null
}

async function cordoned(
  { cluster, recording, namespace }: Stage,
  node: string,
): Promise<Required<Pick<Act, 'receipt' | 'revert'>>> {
  const { kube } = cluster
  const before = await workerNode(kube, node, 'cordoned')
  if (before.spec?.unschedulable) throw new EnvironmentError(`Node/${node}: is cordoned already`)
  const sinceMs = recording.now()
  const revert = async () => {
    await uncordon(kube, node)
    await untilUsable(cluster, node, 'was uncordoned')
  }
  await orReverted(revert, () => cordon(kube, node, namespace))
  return {
    revert,
    receipt(timeline) {
      const seen = timeline
        .of('node-unschedulable')
        .find(({ detail, fromMs }) => detail.name === node && fromMs >= sinceMs)
      const evidence = 'its spec.unschedulable is true'
      return seen && { atMs: seen.fromMs, observedBy: 'watch of nodes', evidence }
    },
  }
}
