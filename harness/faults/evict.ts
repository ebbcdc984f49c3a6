import { counted } from '../model/counted.ts'
import { type Duration, formatMs, toMs } from '../model/duration.ts'
import { EnvironmentError } from '../model/errors.ts'
import type { Receipt } from '../model/result.ts'
import { evictAgainMs } from '../predict/drain.ts'
import { budgetOf } from '../timeline/budgets.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import type { Pod } from '../workload/workload.ts'
import type { Fault } from './fault.ts'

export interface EvictOptions {
  /** How long an eviction that a budget refuses is asked for again, every 5 s; two minutes unless given. */
  within?: Duration
}

export const evictWithin: Duration = '2m'

/**
 * Evicts a pod by the Eviction API, as `kubectl drain` does: a PodDisruptionBudget may refuse it, and then it is asked for
 * again every 5 s. Each answer is written down. What is refused to the end stays.
 */
export function evictPod(pod: Pod, { within = evictWithin }: EvictOptions = {}): Fault {
  const { uid, subject } = pod
  const withinMs = toMs(within)
  return {
    ...{ kind: 'evictPod', target: subject, requires: [], receiptWithinMs: 10_000, lasting: false },
    effect: { does: 'delete-pod', podUid: uid, force: false },
    async inject(stage) {
      const sinceMs = stage.recording.now()
      const came = await evict(stage, pod, sinceMs + withinMs)
      if (came === 'gone') throw new EnvironmentError(`${subject}: was gone before it could be evicted`)
      return {
        receipt: (timeline) =>
          came === 'evicted'
            ? seenEvicted(timeline, uid)
            : seenRefused(timeline, [uid], `for ${formatMs(withinMs)}`),
      }
    },
  }
}

/** Asks for a pod's eviction until it is granted, the pod is gone, or the time is over. */
export async function evict(
  { cluster, recording, signal }: Stage,
  { namespace, name, uid }: { namespace: string; name: string; uid: string },
  untilMs: number,
): Promise<'evicted' | 'gone' | 'refused'> {
  for (;;) {
    const answer = await cluster.kube.evict({ namespace, name }, { uid })
    if (answer.is === 'gone') return 'gone'
    const refused = answer.is === 'refused'
    const budget = budgetOf(recording.timeline, uid)
    recording.record({
      ...{
        source: 'eviction',
        atMs: recording.now(),
        podUid: uid,
        subject: `Pod/${namespace}/${name}`,
        refused,
      },
      ...(refused && { why: answer.why, ...(budget !== undefined && { budget }) }),
    })
    if (!refused) return 'evicted'
    if (recording.now() + evictAgainMs > untilMs) return 'refused'
    await cluster.clock.sleep(evictAgainMs, signal)
  }
}

function seenEvicted(timeline: Timeline, uid: string): Receipt | undefined {
  const terminating = timeline.of('pod-terminating', uid)[0]
  const refusals = timeline.of('eviction', uid).filter(({ detail }) => detail.refused).length
  const after = refusals > 0 ? `, after ${counted(refusals, 'refusal')}` : ''
  if (terminating) {
    const [disrupted] = timeline.of('pod-disrupted', uid)
    const by = disrupted ? `its condition DisruptionTarget is ${disrupted.detail.reason}, and ` : ''
    const grace = `its deletionTimestamp is set, with ${terminating.detail.gracePeriodSeconds} s of grace`
    return {
      atMs: terminating.fromMs,
      observedBy: 'watch of pods',
      evidence: `${by}${grace}${after}`,
    }
  }
  const atMs = timeline.of('pod', uid)[0]?.toMs
  return typeof atMs === 'number'
    ? { atMs, observedBy: 'watch of pods', evidence: `its object is gone${after}` }
    : undefined
}

/** The first refusal of one of these pods, where none of them was let go. */
export function seenRefused(timeline: Timeline, uids: string[], how: string): Receipt | undefined {
  const refused = uids
    .flatMap((uid) => timeline.of('eviction', uid))
    .filter(({ detail }) => detail.refused)
    .sort((a, b) => a.fromMs - b.fromMs)
  const [first] = refused
  const evidence = `${counted(refused.length, 'refusal')} ${how}: ${first?.detail.why}`
  return first && { atMs: first.fromMs, observedBy: 'API server', evidence }
}
