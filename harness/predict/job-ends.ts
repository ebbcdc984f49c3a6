import type { Prediction, Term } from '../model/result.ts'
import { restarts } from './containers.ts'
import { jobBackOff, works, worksAndIsDone } from './jobs.ts'
import { anotherStarts, containersEnd } from './pods.ts'
import { replaced } from './replicas.ts'
import type { Situation } from './situation.ts'
import type { PodTiming } from './spec.ts'
import { atOnceAtBest, jobCounts, plegRelist, statusArrives, sum } from './terms.ts'

/**
 * The Job that lost a pod, or the work of one, has completed. Undefined where nobody has told how long its pods work.
 * Its first failure is meant: Kubernetes waits longer after each more.
 */
export function completes(situation: Situation): Prediction | undefined {
  const { effect, pod, job } = situation
  if (job?.workMs === undefined) return undefined
  const done = [plegRelist, statusArrives, ...worksAndIsDone(job)]
  const retried = pod.restartPolicy === 'OnFailure' ? restarts(situation, 1) : undefined
  if (retried) return sum([...retried.because, ...done])
  const another = anotherTry(pod)
  // A pod that is deleted counts as a failure at once.
  if (effect.does === 'signal' || effect.does === 'delete-pod')
    return sum([statusArrives, ...another, ...done])
  const lost = replaced(situation)
  return lost && sum([...lost.because, ...done])
}

/**
 * The Job has failed, for its pods failed more often than it tries: after the tries that it has left, each of which
 * fails when it has worked. Undefined where there are some and nobody has told for how long they work, where their
 * containers are restarted in the same pods, and for a fault that does not end a pod at once.
 */
export function fails({ effect, pod, job }: Situation): Prediction | undefined {
  const isEnd = effect.does === 'signal' || effect.does === 'delete-pod'
  if (!isEnd || pod.restartPolicy === 'OnFailure' || !job) return undefined
  const { triesLeft = 0, workMs } = job
  if (triesLeft > 0 && workMs === undefined) return undefined
  // kubernetes/pkg/controller/job/job_controller.go: no Job is Failed before its last pod has ended.
  const ends = effect.does === 'delete-pod' ? atOnceAtBest(containersEnd(pod, pod.containers)) : []
  const terms = [...ends, statusArrives]
  for (let failures = 1; failures <= triesLeft; failures++) {
    terms.push(...anotherTry(pod, failures), works(workMs), plegRelist, statusArrives)
  }
  return sum([...terms, jobCounts])
}

/** From the failure of a Job's pod to the work of the next. */
function anotherTry(pod: PodTiming, failures = 1): Term[] {
  return [jobCounts, jobBackOff(failures), ...anotherStarts(pod)]
}
