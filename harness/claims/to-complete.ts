import { type Duration, toMs } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import { predict } from '../predict/predict.ts'
import type { Workload } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { notOver, standingOfJob } from './jobs.ts'
import type { Judge } from './judgement.ts'
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
    const job = standingOfJob(timeline, uid, sinceMs)
    if ('is' in job) return job
    const { ended, told, lost } = job
    if (!ended) return notOver(timeline, uid, job)
    if (ended.detail.how === 'Failed') {
      const why = ended.detail.reason || 'no reason given'
      return { is: 'broken', atMs: ended.fromMs, detail: `it failed: ${why} (${told})` }
    }
    if (!lost) return { is: 'open', lastSeen: 'it completed, and no pod of it was seen to fail' }
    return { is: 'held', atMs: ended.fromMs, detail: `completed (${told}), although ${lost}` }
  }
}
