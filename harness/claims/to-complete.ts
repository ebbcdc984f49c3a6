import { type Duration, toMs } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import type { Interval } from '../model/interval.ts'
import { predict } from '../predict/predict.ts'
import { phaseOf } from '../timeline/steady.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Workload } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { at, type Judge } from './judgement.ts'
import { situationOf } from './situation.ts'

export interface ToCompleteOptions {
  /** How long one pod of it works, which no spec tells: what is promised is predicted from it. */
  work?: Duration
  /** Needed where `work` is not given. */
  within?: Duration
}

/** A Job completes, though one of its pods did not: as many as it asks for have succeeded, retries included. */
export function toComplete(workload: Workload, options: ToCompleteOptions, statement: string): Promise<void> {
  const { stage, subject, podSpec, job } = workload
  const { work, within } = options
  if (!job)
    throw new UsageError(`${subject}: toComplete is a claim about a workload of one Job, which this is not`)
  const workMs = work === undefined ? undefined : toMs(work)
  return respond({
    ...{ stage, statement, subject, within },
    promise: 'to complete, though a pod of it did not',
    judge: judgeCompleted(job.metadata?.uid ?? ''),
    rests: ['Pod', 'Job'],
    predict: (fault) =>
      predict.completes({ ...situationOf(stage, podSpec, fault), job: { ...job.spec, workMs } }),
  })
}

export function judgeCompleted(uid: string): Judge {
  return (timeline, sinceMs) => {
    const [ended] = timeline.of('job-ended', uid)
    if (ended && ended.fromMs < sinceMs) {
      const detail = `was over before the fault (${ended.detail.how} at ${at(ended.fromMs)})`
      return { is: 'unjudgeable', detail }
    }
    const counts = timeline.of('job', uid).at(-1)?.detail
    const told = counts
      ? `${pods(counts.succeeded)} succeeded, ${counts.failed} failed`
      : 'its pods were not counted'
    if (ended?.detail.how === 'Failed') {
      const why = ended.detail.reason || 'no reason given'
      return { is: 'broken', atMs: ended.fromMs, detail: `it failed: ${why} (${told})` }
    }
    const lost = lostSince(timeline, uid, sinceMs)
    if (ended && !lost) return { is: 'open', lastSeen: 'it completed, and no pod of it was seen to fail' }
    if (ended) return { is: 'held', atMs: ended.fromMs, detail: `completed (${told}), although ${lost}` }
    const gone = timeline.of('job', uid).at(-1)?.toMs
    if (typeof gone === 'number') return { is: 'broken', atMs: gone, detail: 'it was deleted' }
    const now = podsOf(timeline, uid).map((pod) => `${pod.detail.name} was ${phaseOf(timeline, pod.uid)}`)
    return { is: 'open', lastSeen: `it was not over (${told}): ${now.join(', ') || 'it had no pod'}` }
  }
}

const pods = (count: number) => `${count} pod${count === 1 ? '' : 's'}`

function podsOf(timeline: Timeline, uid: string): Interval<'pod'>[] {
  return timeline.of('pod').filter((pod) => timeline.isControlledBy(pod.uid, uid))
}

/** The first of its pods that was seen to fail or to go, as words. */
function lostSince(timeline: Timeline, uid: string, sinceMs: number): string | undefined {
  const losses = podsOf(timeline, uid).flatMap(({ uid: podUid, detail: { name }, toMs }) => {
    const isBad = ({ fromMs, detail }: Interval<'container-terminated'>) =>
      fromMs >= sinceMs && detail.exitCode !== 0
    const failed = timeline.of('container-terminated', podUid).find(isBad)
    const goingMs = timeline.of('pod-terminating', podUid)[0]?.fromMs ?? toMs ?? undefined
    const code = failed?.detail.exitCode
    return [
      ...(failed ? [{ atMs: failed.fromMs, text: `${name} ended with exit code ${code}` }] : []),
      ...(goingMs === undefined ? [] : [{ atMs: goingMs, text: `${name} was deleted` }]),
    ]
  })
  const [first] = losses.filter(({ atMs }) => atMs >= sinceMs).sort((a, b) => a.atMs - b.atMs)
  return first && `${first.text} at ${at(first.atMs)}`
}
