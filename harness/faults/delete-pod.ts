import { EnvironmentError } from '../model/errors.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Pod } from '../workload/workload.ts'
import type { Fault } from './fault.ts'

/** Deletes a pod as `kubectl delete` does: it gets SIGTERM and its grace period. */
export function deletePod(pod: Pod): Fault {
  return deletion('deletePod', pod, false)
}

/** Deletes a pod by force, grace period 0: its object is gone at once, its processes soon after. */
export function killPod(pod: Pod): Fault {
  return deletion('killPod', pod, true)
}

function deletion(kind: string, pod: Pod, force: boolean): Fault {
  const { namespace, name, uid, subject } = pod
  return {
    kind,
    target: subject,
    effect: { does: 'delete-pod', podUid: uid, force },
    requires: [],
    receiptWithinMs: 10_000,
    lasting: false,
    async inject({ cluster }) {
      const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name }
      const deleted = await cluster.kube.delete(ref, { uid, ...(force && { gracePeriodSeconds: 0 }) })
      if (!deleted) throw new EnvironmentError(`${subject}: was gone before it could be deleted`)
      return { receipt: (timeline) => seenDeleted(timeline, uid) }
    },
  }
}

function seenDeleted(timeline: Timeline, uid: string) {
  const terminating = timeline.of('pod-terminating', uid)[0]
  if (terminating) {
    const { fromMs: atMs, detail } = terminating
    const evidence = `its deletionTimestamp is set, with ${detail.gracePeriodSeconds} s of grace`
    return { atMs, observedBy: 'watch of pods', evidence }
  }
  const atMs = timeline.of('pod', uid)[0]?.toMs
  return typeof atMs === 'number'
    ? { atMs, observedBy: 'watch of pods', evidence: 'its object is gone' }
    : undefined
}
