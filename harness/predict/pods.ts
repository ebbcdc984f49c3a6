import type { Term } from '../model/result.ts'
import { untilReady } from './probes.ts'
import type { ContainerTiming, PodTiming, ProbeTiming } from './spec.ts'
import {
  initContainersRun,
  plegRelist,
  plegStart,
  replacementCreated,
  runtimeEnds,
  sandboxStarts,
  statusArrives,
  stop,
} from './terms.ts'

/** From a pod's binding to its node to its kubelet's knowing of its containers' start. */
export function podStarts(pod: PodTiming): Term[] {
  return [...initContainersRun(pod), sandboxStarts, plegStart]
}

/** From an owner's need of another pod to its start, as its kubelet knows it. */
export function anotherStarts(pod: PodTiming): Term[] {
  return [replacementCreated, ...podStarts(pod)]
}

/** From an owner's need of another pod to its readiness. */
export function createdAnew(pod: PodTiming, readyTookMs?: number): Term[] {
  return [...anotherStarts(pod), ...untilReady(pod, readyTookMs), statusArrives]
}

/** From the decision to stop containers, by a deletion or a probe, to the kubelet's knowing of their end. */
export function containersEnd(pod: PodTiming, containers: ContainerTiming[], probe?: ProbeTiming): Term[] {
  return [stop(pod, containers, probe), runtimeEnds, plegRelist]
}
