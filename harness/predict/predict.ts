import type { FaultEffect } from '../model/fault.ts'
import type { Prediction, Term } from '../model/result.ts'
import { type ContainerTiming, type PodTiming, resolveProbe } from './spec.ts'
import {
  backOff,
  becomesReady,
  containerStart,
  endpointsFollow,
  failuresFromStart,
  failuresToThreshold,
  plegRelist,
  podGc,
  proxyGoes,
  replacementCreated,
  runtimeEnds,
  sandboxStarts,
  statusArrives,
  stop,
  succeedsAgain,
  sum,
} from './terms.ts'

/** What a prediction is about: what was done to a pod of this spec. */
export interface Situation {
  effect: FaultEffect
  pod: PodTiming
  /** The container meant, where a claim is about one; the one that the fault hurts otherwise. */
  container?: string
  /** How often that container had been restarted before the fault. */
  restartsBefore: number
}

/**
 * The windows in which Kubernetes should act, each from its anchor: the fault's receipt, or its revert where the name
 * says so. For a failed probe the receipt is the first failure. Undefined where nothing should follow.
 */
export const predict = {
  /** The container runs again, `times` times over. */
  restarts(situation: Situation, times: number): Prediction | undefined {
    const once = untilDown(situation)
    if (!once) return undefined
    const terms: Term[] = []
    for (let n = 1; n <= times; n++) {
      const again = n === 1 ? once : downAgain(situation)
      terms.push(...again, ...backOff(situation.restartsBefore + n), containerStart)
    }
    return sum([...terms, statusArrives])
  },

  /** The container has ended, as its pod's status tells. */
  exits(situation: Situation): Prediction | undefined {
    const { effect, pod } = situation
    if (effect.does === 'delete-pod') return sum([stop(pod), runtimeEnds, plegRelist, statusArrives])
    const down = untilDown(situation)
    return down && sum([...down, statusArrives])
  },

  /** The pod's endpoint is no longer ready, or gone. */
  leavesEndpoints(situation: Situation): Prediction | undefined {
    const { effect } = situation
    if (effect.does === 'delete-pod') return sum([endpointsFollow])
    // A sync of the Service for another reason may skip the pods of a missing node before PodGC takes them.
    if (effect.does === 'delete-node') return sum([...atOnceAtBest(podGc), endpointsFollow])
    const { readinessProbe } = containerOf(situation) ?? {}
    const byReadiness =
      effect.does === 'fail-probe' && effect.probes.includes('readiness') && readinessProbe
        ? failuresToThreshold(readinessProbe, effect.failure)
        : undefined
    const byRestart = untilDown(situation)
    const terms = eitherOf(byReadiness, byRestart)
    return terms && sum([...terms, statusArrives, endpointsFollow])
  },

  /** The pod's endpoint is ready again. From the revert for a failed probe. */
  joinsEndpoints(situation: Situation): Prediction | undefined {
    const { effect, pod } = situation
    if (effect.does === 'signal') {
      const restarts = this.restarts(situation, 1)
      return restarts && sum([...restarts.because, ...becomesReady(pod), endpointsFollow])
    }
    if (effect.does !== 'fail-probe') return undefined
    const { readinessProbe } = containerOf(situation) ?? {}
    const again = effect.probes.includes('readiness') && readinessProbe ? succeedsAgain(readinessProbe) : []
    // Reverted before the threshold was reached or long after: from nothing at all to the whole chain.
    const restarts = this.restarts(situation, 1)
    const restarted = restarts
      ? atOnceAtBest([...restarts.because, ...backOffByThen(), ...becomesReady(pod)])
      : []
    if (again.length === 0 && restarted.length === 0) return undefined
    return sum([proxyGoes, ...again, ...restarted, statusArrives, endpointsFollow])
  },

  /** A pod of the same owner stands in for a lost one, and is ready. */
  replaced({ effect, pod }: Situation): Prediction | undefined {
    const created = [replacementCreated, sandboxStarts, ...becomesReady(pod), statusArrives]
    if (effect.does === 'delete-pod') return sum(created)
    return effect.does === 'delete-node' ? sum([...podGc, ...created]) : undefined
  },

  /** Every replica is ready and in its Services again. From the revert for a failed probe. */
  recovers(situation: Situation): Prediction | undefined {
    const replaced = this.replaced(situation)
    return replaced ? sum([...replaced.because, endpointsFollow]) : this.joinsEndpoints(situation)
  },
}

function backOffByThen(): Term[] {
  return backOff(2).map((term) => ({
    ...term,
    term: 'a back-off, should it have failed again before the revert',
  }))
}

/** The same terms, each of which may take no time at all. */
function atOnceAtBest(terms: Term[]): Term[] {
  return terms.map((term) => ({ ...term, earliestMs: 0 }))
}

/** The slower of two ways to the same end, either of which may be first. */
function eitherOf(one: Term[] | undefined, other: Term[] | undefined): Term[] | undefined {
  if (!one || !other) return one ?? other
  return atOnceAtBest(sum(one).latestMs >= sum(other).latestMs ? one : other)
}

/** From the anchor to the container's end. */
function untilDown(situation: Situation): Term[] | undefined {
  const { effect, pod } = situation
  // The receipt is the exit itself.
  if (effect.does === 'signal') return [plegRelist]
  if (effect.does !== 'fail-probe') return undefined
  const container = containerOf({ ...situation, container: effect.container })
  for (const kind of ['liveness', 'startup'] as const) {
    const probe = container?.[`${kind}Probe`]
    if (probe && effect.probes.includes(kind)) {
      return [...failuresToThreshold(probe, effect.failure), stop(pod, probe), runtimeEnds, plegRelist]
    }
  }
  return undefined
}

/** From a restart to the next end, where the fault is still there. */
function downAgain(situation: Situation): Term[] {
  const probe = containerOf(situation)?.livenessProbe
  return probe ? [...failuresFromStart(probe), stop(situation.pod, probe), runtimeEnds, plegRelist] : []
}

function containerOf({ effect, pod, container }: Situation): ContainerTiming | undefined {
  const name = container ?? ('container' in effect ? effect.container : undefined)
  return name === undefined ? pod.containers[0] : pod.containers.find((c) => c.name === name)
}

/**
 * How long it takes at most until a liveness probe that fails together with this fault would have had its container
 * killed: an invariant that says that nothing restarts has to be watched for at least so long. The kubelet tells of the
 * decision by an event, so the grace period need not be waited for.
 */
export function longEnoughToRestart({ effect, pod }: Situation): number {
  if (effect.does !== 'fail-probe') return 0
  const { failure } = effect
  const waits = pod.containers.flatMap(({ livenessProbe }) => {
    if (!livenessProbe) return []
    // It may be asked first up to a period after the probe whose failure was the receipt.
    const { periodMs } = resolveProbe(livenessProbe)
    return [sum([...failuresToThreshold(livenessProbe, failure), statusArrives]).latestMs + periodMs]
  })
  return Math.max(0, ...waits)
}
