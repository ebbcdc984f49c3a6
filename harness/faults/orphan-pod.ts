import type { DeploymentObject } from '../cluster/kube.ts'
import { UsageError } from '../model/errors.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Pod, Workload } from '../workload/workload.ts'
import type { Fault } from './fault.ts'

/**
 * Takes away from a pod the labels that it is selected by, as `kubectl label pod <name> app-` does: its controller lets
 * it go and makes another, its Services list it no more, and it lives on by itself. Nothing is undone: the orphan goes
 * with the scenario's namespace.
 * https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#isolating-pods-from-a-replicaset
 *
 * @throws UsageError where nothing selects the pod by a label.
 */
export function orphanPod(pod: Pod): Fault {
  const { namespace, name, uid, subject } = pod
  const keys = selectedBy(pod.workload, pod.object.metadata?.labels ?? {})
  if (keys.length === 0) {
    throw new UsageError(`${subject}: neither its controller nor a Service selects it by a label of its own`)
  }
  return {
    ...{ kind: 'orphanPod', target: subject, requires: [], receiptWithinMs: 10_000, lasting: false },
    effect: { does: 'orphan-pod', podUid: uid },
    async inject({ cluster, recording }) {
      const sinceMs = recording.now()
      const labels = Object.fromEntries(keys.map((key) => [key, null]))
      await cluster.kube.patch({ apiVersion: 'v1', kind: 'Pod', namespace, name }, { metadata: { labels } })
      return { receipt: (timeline) => seenOrphaned(timeline, uid, keys, sinceMs) }
    },
  }
}

/** The keys of those labels by which the workload's Deployments and Services select it. */
function selectedBy({ objects, shape }: Workload, labels: Record<string, string>): string[] {
  const deployments = objects.filter(({ kind }) => kind === 'Deployment') as DeploymentObject[]
  const selectors = [
    ...deployments.map(({ spec }) => spec?.selector.matchLabels ?? {}),
    ...shape.services.map(({ selector }) => selector),
  ]
  const keys = selectors.flatMap((selector) => {
    const own = Object.keys(selector)
    return own.every((key) => labels[key] === selector[key]) ? own : []
  })
  return [...new Set(keys)]
}

/** A pod that had no controller has no more to lose than its labels. */
function seenOrphaned(timeline: Timeline, uid: string, keys: string[], sinceMs: number) {
  const isNew = ({ fromMs }: { fromMs: number }) => fromMs >= sinceMs
  const bare = timeline
    .of('pod-relabelled', uid)
    .find((seen) => isNew(seen) && keys.every((key) => seen.detail.labels[key] === undefined))
  if (!bare) return undefined
  const without = `it is without its label${keys.length === 1 ? '' : 's'} ${keys.join(', ')}`
  const receipt = { observedBy: 'watch of pods' }
  const released = timeline.of('pod-released', uid).find(isNew)
  if (released) {
    const { ownerKind, ownerName } = released.detail
    return { ...receipt, atMs: bare.fromMs, evidence: `${without}, and ${ownerKind} ${ownerName} let it go` }
  }
  const [pod] = timeline.of('pod', uid)
  return pod?.detail.ownerUid === null ? { ...receipt, atMs: bare.fromMs, evidence: without } : undefined
}
