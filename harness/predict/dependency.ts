import type { ProbeFailure } from '../model/fault.ts'
import type { Term } from '../model/result.ts'
import { failuresToThreshold, succeedsAgain } from './probes.ts'
import { type ContainerTiming, resolveProbe } from './spec.ts'
import {
  atOnceAtBest,
  dependencyNoticed,
  endpointsFollow,
  period,
  plegStart,
  replacementCreated,
  rollOutStep,
  sandboxStarts,
  statusArrives,
} from './terms.ts'

/** How an app without its dependency answers a probe that asks for it. */
export const unwell: ProbeFailure = { with: 'status', status: 503 }

/** When an app tells of its dependency is its own affair: no spec says it. */
export const noticed = dependencyNoticed

const probes = 'https://kubernetes.io/docs/concepts/workloads/pods/probes/'

/**
 * From the loss of its dependency to the readiness probe's verdict: nothing at best, for the app may know before the last
 * of what it depends on is gone. Without such a probe nothing leads to it, and the promise rests on nothing.
 */
export function noticesLoss(container: ContainerTiming | undefined): Term[] {
  const { readinessProbe } = container ?? {}
  if (!readinessProbe) return [dependencyNoticed]
  const { periodMs } = resolveProbe(readinessProbe)
  const next = period('the next probe of readiness', [0, periodMs], probes)
  return atOnceAtBest([dependencyNoticed, next, ...failuresToThreshold(readinessProbe, unwell)])
}

/** From the revert: the dependency's pods are made anew, and the app finds it again and is ready. */
export function dependencyReturns(readyTookMs: number, container: ContainerTiming | undefined): Term[] {
  const { readinessProbe } = container ?? {}
  const made = [rollOutStep, replacementCreated, sandboxStarts, plegStart]
  const ready: Term = {
    ...{ term: 'the dependency becomes ready, as long as it took before', ms: readyTookMs, earliestMs: 0 },
    source: 'measured in this scenario',
  }
  const again = readinessProbe ? succeedsAgain(readinessProbe) : []
  return atOnceAtBest([...made, ready, statusArrives, ...endpointsFollow, dependencyNoticed, ...again])
}
