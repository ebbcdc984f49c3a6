import { resolveTiming } from '../model/cluster-timing.ts'
import type { FaultEffect } from '../model/fault.ts'
import type { Prediction, Term } from '../model/result.ts'
import { firstReady } from './app.ts'
import { budgetWaits, scheduledAgain } from './drain.ts'
import { joinsEndpoints } from './endpoints.ts'
import { jobBackOff } from './jobs.ts'
import { evictedByTaint, foundSilent, podGc, toleratedTerms } from './nodes.ts'
import { anotherStarts, createdAnew } from './pods.ts'
import { rollOutWaves, scales, untilStalled } from './roll-out.ts'
import type { Situation } from './situation.ts'
import type { PodTiming } from './spec.ts'
import {
  atOnceAtBest,
  eitherOf,
  endpointsFollow,
  jobCounts,
  period,
  rollOutStep,
  slowestOf,
  statusArrives,
  sum,
} from './terms.ts'

/** A pod of the same owner stands in for a lost one, and is ready. */
export function replaced(situation: Situation): Prediction | undefined {
  const { effect, pod, job, cluster, readyTookMs } = situation
  const timing = resolveTiming(cluster)
  const waits = job ? [jobCounts, jobBackOff()] : []
  const anew = createdAnew(pod, readyTookMs)
  const created = [...atOnceAtBest(waits), ...anew]
  if (effect.does === 'drain' || effect.does === 'taint') {
    const told = toldToGo(situation)
    return told && sum([...told, ...created])
  }
  if (effect.does === 'delete-pod' || effect.does === 'orphan-pod') return sum([...waits, ...anew])
  // A pod that is not restarted has failed, which only a Job makes up for.
  if (effect.does === 'signal' && job && pod.restartPolicy === 'Never')
    return sum([statusArrives, ...waits, ...anew])
  if (effect.does === 'delete-node') return sum([...podGcOf(effect.isYoung, timing), ...created])
  if (effect.does !== 'lose-node') return undefined
  const evicted = evictedByTaint(pod, timing, situation.nodesLost)
  return evicted && sum([...foundSilent(timing), ...evicted, ...created])
}

/**
 * Every replica is ready and in its Services again. From the revert for a failed probe, and for a lost node that is
 * back: its pods may be ready again, or have been replaced meanwhile, whatever is first.
 */
export function recovers(situation: Situation): Prediction | undefined {
  const { effect, pod, rollOut = {}, readyTookMs } = situation
  if (effect.does === 'scale') return sum(scales(pod, rollOut, effect.to > effect.from, readyTookMs))
  if (effect.does === 'roll-out') return rollsOut(situation)
  const replacement = replaced(situation)
  const byReplacement = replacement && [...replacement.because, ...endpointsFollow]
  if (givesRoomBack(effect) && situation.reverted) {
    // What had no other place is scheduled once its node takes pods again.
    const byRevert = [scheduledAgain, ...createdAnew(pod, readyTookMs), ...endpointsFollow]
    return sum(eitherOf(byReplacement, byRevert) ?? byRevert)
  }
  if (situation.effect.does === 'lose-node' && situation.reverted) {
    const terms = eitherOf(byReplacement, joinsEndpoints(situation)?.because)
    return terms && sum(terms)
  }
  if (byReplacement) return sum(byReplacement)
  return situation.effect.does === 'lose-node' ? undefined : joinsEndpoints(situation)
}

/** A pod that a roll-out makes, or more replicas do, is ready and in its Services for the first time. */
export function becomesReady({ effect, pod, readyTookMs }: Situation): Prediction | undefined {
  if (effect.does !== 'roll-out' && effect.does !== 'scale') return undefined
  const app = effect.does === 'roll-out' ? effect.app : undefined
  const ready = firstReady(pod, app ?? {}, readyTookMs)
  return sum([rollOutStep, ...anotherStarts(pod), ...ready, statusArrives, ...endpointsFollow])
}

/** Every pod is of the new template, ready and in its Services. Of a Deployment that is paused, too: it is broken then. */
export function rollsOut({ effect, pod, rollOut = {}, readyTookMs }: Situation): Prediction | undefined {
  if (effect.does !== 'roll-out') return undefined
  const slowMs = Math.max(readyTookMs ?? 0, effect.app?.readyAfterMs ?? 0)
  return sum(rollOutWaves(pod, rollOut, slowMs))
}

/** The pods of a workload that has just been applied are ready, in their Services, and stay so for a moment. */
export function becomesSteady(pods: PodTiming[], holdMs: number): Prediction {
  const waits = pods.map((pod) => [...createdAnew(pod), ...endpointsFollow])
  const held = period('it stays steady for a moment', [holdMs, holdMs], 'harness/timeline/steady.ts')
  return sum([...slowestOf(waits), held])
}

/** The Deployment tells that its roll-out makes no progress. */
export function stalls({ effect, rollOut = {} }: Situation): Prediction | undefined {
  const terms = effect.does === 'roll-out' ? untilStalled(rollOut) : undefined
  return terms && sum(terms)
}

/** From a drain or a taint to the pod's deletion; undefined where it never comes to that. */
export function toldToGo({ effect, pod, readyTookMs }: Situation): Term[] | undefined {
  if (effect.does === 'taint') return toleratedTerms(pod, effect.taint)
  if (effect.does !== 'drain') return undefined
  return budgetWaits(effect.podUids.length, effect.atOnce, createdAnew(pod, readyTookMs))
}

function givesRoomBack({ does }: FaultEffect): boolean {
  return does === 'cordon' || does === 'drain' || does === 'taint'
}

/** PodGC may have a node in quarantine still that was missing, and came back, a moment before. */
function podGcOf(isYoung: boolean | undefined, timing: ReturnType<typeof resolveTiming>): Term[] {
  return isYoung ? atOnceAtBest(podGc(timing)) : podGc(timing)
}
