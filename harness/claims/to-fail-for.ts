import { type Duration, toMs } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import { hurtPods } from '../model/fault.ts'
import { predict } from '../predict/predict.ts'
import type { Workload } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { notOver, podsOfJob, standingOfJob } from './jobs.ts'
import type { Judge } from './judgement.ts'
import { situationOf } from './situation.ts'

/** Why a Job fails, in its own words. https://pkg.go.dev/k8s.io/api/batch/v1#pkg-constants */
export type JobFailure =
  | 'BackoffLimitExceeded'
  | 'DeadlineExceeded'
  | 'FailedIndexes'
  | 'MaxFailedIndexesExceeded'
  | 'PodFailurePolicy'

export interface ToFailForOptions {
  /** What its condition Failed gives as the reason. */
  reason: JobFailure
  /** How long one pod of it works until it fails, where it has tries left; no spec tells it. */
  work?: Duration
  /** Needed where it has tries left and `work` is not given, and for another reason than `BackoffLimitExceeded`. */
  within?: Duration
}

/** Kubernetes' own unless the Job says otherwise. */
const usualBackoffLimit = 6

/** A Job gives up, for this reason, after a pod of it has failed or gone; and has tried as often as it promises to. */
export function toFailFor(workload: Workload, options: ToFailForOptions, statement: string): Promise<void> {
  const { stage, subject, podSpec, job } = workload
  const { reason, work, within } = options
  if (!job) {
    throw new UsageError(`${subject}: toFailFor is a claim about a workload of one Job, which this is not`)
  }
  const uid = job.metadata?.uid ?? ''
  const { backoffLimit = usualBackoffLimit } = job.spec ?? {}
  const workMs = work === undefined ? undefined : toMs(work)
  // With OnFailure the restarts are counted, and the Job deletes the pod whose they were.
  const tries =
    reason === 'BackoffLimitExceeded' && podSpec.restartPolicy === 'Never' ? backoffLimit : undefined
  return respond({
    ...{ stage, statement, subject, within },
    promise: `to fail for ${reason}`,
    judge: judgeFailed(uid, reason, tries),
    rests: ['Pod', 'Job'],
    predict: (fault) => {
      if (tries === undefined) return undefined
      const { timeline } = stage.recording
      const hurt = new Set(stage.faults.flatMap(({ effect }) => hurtPods(effect)))
      const failures = podsOfJob(timeline, uid).filter(
        (pod) => hurt.has(pod.uid) || timeline.of('container-terminated', pod.uid).length > 0,
      )
      const triesLeft = Math.max(0, tries + 1 - failures.length)
      return predict.fails({ ...situationOf(stage, podSpec, fault), job: { ...job.spec, workMs, triesLeft } })
    },
  })
}

/** @param tries so many pods may fail before it does; undefined where that is not counted in pods */
export function judgeFailed(uid: string, reason: string, tries: number | undefined): Judge {
  return (timeline, sinceMs) => {
    const job = standingOfJob(timeline, uid, sinceMs)
    if ('is' in job) return job
    const { ended, failed, told, lost } = job
    if (!ended) return notOver(timeline, uid, job)
    const { how, reason: given } = ended.detail
    const broken = (detail: string) => ({ is: 'broken', atMs: ended.fromMs, detail }) as const
    if (how === 'Complete') return broken(`it completed (${told})`)
    if (given !== reason) return broken(`it failed: ${given || 'no reason given'} (${told})`)
    if (tries !== undefined && failed <= tries) {
      return broken(`it gave up too early (${told}, with a backoffLimit of ${tries})`)
    }
    if (!lost) return { is: 'open', lastSeen: 'it failed, and no pod of it was seen to fail' }
    return { is: 'held', atMs: ended.fromMs, detail: `failed for ${given} (${told}), after ${lost}` }
  }
}
