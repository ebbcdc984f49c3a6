import { resolveTiming } from '../model/cluster-timing.ts'
import type { Prediction } from '../model/result.ts'
import { killerOf, restarts, restartsByThen, untilDown } from './containers.ts'
import { dependencyReturns, noticesLoss } from './dependency.ts'
import { leavesFrozen } from './freeze.ts'
import { foundSilent, nodeReturns, podGc } from './nodes.ts'
import { failuresToThreshold, succeedsAgain, untilReady } from './probes.ts'
import { recovers, rollsOut, toldToGo } from './replicas.ts'
import { containerOf, type Situation } from './situation.ts'
import { atOnceAtBest, backOff, eitherOf, endpointsFollow, proxyGoes, statusArrives, sum } from './terms.ts'

/** The pod's endpoint is no longer ready, or gone. */
export function leavesEndpoints(situation: Situation): Prediction | undefined {
  const { effect, cluster } = situation
  const timing = resolveTiming(cluster)
  if (effect.does === 'delete-pod' || effect.does === 'orphan-pod') return sum(endpointsFollow)
  // A sync of the Service for another reason may skip the pods of a missing node before PodGC takes them.
  if (effect.does === 'delete-node') return sum([...atOnceAtBest(podGc(timing)), ...endpointsFollow])
  if (effect.does === 'lose-node') return sum([...foundSilent(timing), statusArrives, ...endpointsFollow])
  if (effect.does === 'drain' || effect.does === 'taint') {
    const told = toldToGo(situation)
    return told && sum([...told, ...endpointsFollow])
  }
  if (effect.does === 'scale') return effect.to < effect.from ? recovers(situation) : undefined
  if (effect.does === 'lose-dependency') {
    return sum([...noticesLoss(containerOf(situation)), statusArrives, ...endpointsFollow])
  }
  if (effect.does === 'freeze') {
    const frozen = containerOf({ ...situation, container: effect.container })
    const left = leavesFrozen(effect, frozen, untilDown(situation))
    return left && sum([...left, statusArrives, ...endpointsFollow])
  }
  // Which of the pods go first is not known.
  if (effect.does === 'roll-out') return sum(atOnceAtBest(rollsOut(situation)?.because ?? []))
  // What made the startup probe be asked again took the container down before its first failure.
  if (killerOf(effect) === 'startup') return sum([statusArrives, ...endpointsFollow])
  const { readinessProbe } = containerOf(situation) ?? {}
  const byReadiness =
    effect.does === 'fail-probe' && effect.probes.includes('readiness') && readinessProbe
      ? failuresToThreshold(readinessProbe, effect.failure)
      : undefined
  const byRestart = untilDown(situation)
  const terms = eitherOf(byReadiness, byRestart)
  return terms && sum([...terms, statusArrives, ...endpointsFollow])
}

/**
 * The pod's endpoint is ready again. From the revert for a failed probe, for a dependency that was away, and for a lost
 * node, where the node comes back before its pods are evicted.
 */
export function joinsEndpoints(situation: Situation): Prediction | undefined {
  const { effect, pod, cluster, readyTookMs } = situation
  const timing = resolveTiming(cluster)
  const ready = untilReady(pod, readyTookMs)
  if (effect.does === 'signal') {
    const restart = restarts(situation, 1)
    return restart && sum([...restart.because, ...ready, ...endpointsFollow])
  }
  if (effect.does === 'lose-node') {
    return sum([...nodeReturns(effect.how, pod, timing), statusArrives, ...endpointsFollow])
  }
  if (effect.does === 'lose-dependency') {
    const returns = dependencyReturns(effect.readyTookMs, containerOf(situation))
    return sum([...returns, statusArrives, ...endpointsFollow])
  }
  if (effect.does === 'freeze') {
    const restart = restarts(situation, 1)
    const restarted = restart && [...restart.because, ...ready]
    if (!situation.reverted) return restarted && sum([...restarted, ...endpointsFollow])
    const { readinessProbe } = containerOf(situation) ?? {}
    const again = readinessProbe ? succeedsAgain(readinessProbe) : []
    return sum([...again, ...atOnceAtBest(restarted ?? []), statusArrives, ...endpointsFollow])
  }
  if (effect.does !== 'fail-probe') return undefined
  const { readinessProbe } = containerOf(situation) ?? {}
  const again = effect.probes.includes('readiness') && readinessProbe ? succeedsAgain(readinessProbe) : []
  // Reverted before the threshold was reached or long after: from nothing at all to the whole chain.
  const restart = restarts(situation, 1)
  const backingOff = backOff(restartsByThen(situation) + 2, timing).map((term) => ({
    ...term,
    term: `${term.term}, had it failed again by then`,
  }))
  const restarted = restart ? atOnceAtBest([...restart.because, ...backingOff, ...ready]) : []
  if (again.length === 0 && restarted.length === 0) return undefined
  return sum([proxyGoes, ...again, ...restarted, statusArrives, ...endpointsFollow])
}
