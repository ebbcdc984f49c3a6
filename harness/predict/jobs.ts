import type { Term } from '../model/result.ts'
import { jobCounts, period } from './terms.ts'

/** The parts of a Job's spec that bear on time, with Kubernetes' own names, and how long one of its pods works. */
export interface JobTiming {
  parallelism?: number | undefined
  completions?: number | undefined
  /** In milliseconds; no spec tells it. */
  workMs?: number | undefined
  /** How many more pods it makes, should each fail; where a claim is about its own failure. */
  triesLeft?: number | undefined
}

const backOffs = 'kubernetes/pkg/controller/job/backoff_utils.go: DefaultJobPodFailureBackOff'

const firstBackOffMs = 10_000
const mostBackOffMs = 600_000
/** Counted from the end that the pod's status tells, a whole second, and one relist and the way of a status before it is seen. */
const seenLateMs = 3_000

/**
 * How long a Job waits after the failure of a pod before it makes another: 10 s after the first in a row, twice as long
 * after each more, up to ten minutes.
 */
export function jobBackOff(failures = 1): Term {
  const ms = Math.min(firstBackOffMs * 2 ** (failures - 1), mostBackOffMs)
  return period('the Job waits before it makes another pod', [ms - seenLateMs, ms], backOffs)
}

/** The work of one pod, until it is done or fails. */
export function works(workMs = 0, waves = 1): Term {
  const term = waves === 1 ? 'the work of a pod' : `the work of a pod, up to ${waves} times`
  return { term, earliestMs: workMs, ms: workMs * waves, source: 'told by the claim' }
}

/** The work of the pods that are still to come, and the Job's own word that it is done. */
export function worksAndIsDone({ parallelism = 1, completions = parallelism, workMs }: JobTiming): Term[] {
  const waves = Math.max(1, Math.ceil(completions / Math.max(1, parallelism)))
  return [works(workMs, waves), jobCounts]
}
