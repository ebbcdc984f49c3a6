import { counted } from '../model/counted.ts'
import type { Interval } from '../model/interval.ts'
import { phaseOf } from '../timeline/steady.ts'
import type { Timeline } from '../timeline/timeline.ts'
import { at, type Judgement } from './judgement.ts'

/** How a Job stands, for the claims about its end. */
export interface JobStanding {
  /** Its condition Complete or Failed. */
  ended: Interval<'job-ended'> | undefined
  /** How many of its pods have failed, as the Job itself counts them. */
  failed: number
  /** Its counts, as words: `1 pod succeeded, 2 failed`. */
  told: string
  /** The first of its pods that was seen to fail or to go, as words. */
  lost: string | undefined
}

/** How a Job stands; a judgement where it can tell nothing of what a fault has done, or is gone before its end. */
export function standingOfJob(timeline: Timeline, uid: string, sinceMs: number): JobStanding | Judgement {
  const [ended] = timeline.of('job-ended', uid)
  if (ended && ended.fromMs < sinceMs) {
    const detail = `was over before the fault (${ended.detail.how} at ${at(ended.fromMs)})`
    return { is: 'unjudgeable', detail }
  }
  const counts = timeline.of('job', uid).at(-1)
  const told = counts
    ? `${counted(counts.detail.succeeded, 'pod')} succeeded, ${counts.detail.failed} failed`
    : 'its pods were not counted'
  const gone = counts?.toMs
  if (!ended && typeof gone === 'number') return { is: 'broken', atMs: gone, detail: 'it was deleted' }
  return { ended, failed: counts?.detail.failed ?? 0, told, lost: lostSince(timeline, uid, sinceMs) }
}

/** What a claim waits for is still to come. */
export function notOver(timeline: Timeline, uid: string, { told }: JobStanding): Judgement {
  const now = podsOfJob(timeline, uid).map((pod) => `${pod.detail.name} was ${phaseOf(timeline, pod.uid)}`)
  return { is: 'open', lastSeen: `it was not over (${told}): ${now.join(', ') || 'it had no pod'}` }
}

export function podsOfJob(timeline: Timeline, uid: string): Interval<'pod'>[] {
  return timeline.of('pod').filter((pod) => timeline.isControlledBy(pod.uid, uid))
}

function lostSince(timeline: Timeline, uid: string, sinceMs: number): string | undefined {
  const losses = podsOfJob(timeline, uid).flatMap(({ uid: podUid, detail: { name }, toMs }) => {
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
