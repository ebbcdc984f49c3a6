import type { Term } from '../model/result.ts'
import { jobCounts, period } from './terms.ts'

/** The parts of a Job's spec that bear on time, with Kubernetes' own names, and how long one of its pods works. */
export interface JobTiming {
  parallelism?: number | undefined
  completions?: number | undefined
  /** In milliseconds; no spec tells it. */
  workMs?: number | undefined
}

const backOffs = 'kubernetes/pkg/controller/job/backoff_utils.go: DefaultJobPodFailureBackOff'

/**
 * How long a Job waits after the failure of its first pod before it makes another: 10 s from the end that the pod's
 * status tells, which is a whole second, and may be one relist and the way of a status before it is seen.
 */
export function jobBackOff(): Term {
  return period('the Job waits before it makes another pod', [7_000, 10_000], backOffs)
}

/** The work of the pods that are still to come, and the Job's own word that it is done. */
export function worksAndIsDone({
  parallelism = 1,
  completions = parallelism,
  workMs = 0,
}: JobTiming): Term[] {
  const waves = Math.max(1, Math.ceil(completions / Math.max(1, parallelism)))
  const term = waves === 1 ? 'the work of a pod' : `the work of a pod, up to ${waves} times`
  return [{ term, earliestMs: workMs, ms: workMs * waves, source: 'told by the claim' }, jobCounts]
}
