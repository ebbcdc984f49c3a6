import type { FaultEffect } from '../model/fault.ts'
import type { Prediction, Term } from '../model/result.ts'
import type { ContainerTiming, PodTiming } from './spec.ts'
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
    const { effect, pod } = situation
    if (effect.does === 'delete-pod') return sum([endpointsFollow])
    if (effect.does === 'delete-node') {
      // A sync of the Service for another reason may skip the pods of a missing node before PodGC takes them.
      return sum([...podGc.map((term) => ({ ...term, earliestMs: 0 })), endpointsFollow])
    }
    const { readinessProbe } = containerOf(situation) ?? {}
    if (effect.does === 'fail-probe' && effect.probes.includes('readiness')) {
      return (
        readinessProbe &&
        sum([...failuresToThreshold(readinessProbe, effect.failure), statusArrives, endpointsFollow])
      )
    }
    const down = untilDown({ effect, pod, restartsBefore: 0 })
    return down && sum([...down, statusArrives, endpointsFollow])
  },

  /** The pod's endpoint is ready again. From the revert for a failed readiness probe. */
  joinsEndpoints(situation: Situation): Prediction | undefined {
    const { effect, pod } = situation
    if (effect.does === 'delete-pod' || effect.does === 'delete-node') return undefined
    const { readinessProbe } = containerOf(situation) ?? {}
    if (effect.does === 'fail-probe' && effect.probes.includes('readiness')) {
      return (
        readinessProbe && sum([proxyGoes, ...succeedsAgain(readinessProbe), statusArrives, endpointsFollow])
      )
    }
    const restarts = this.restarts(situation, 1)
    return restarts && sum([...restarts.because, ...becomesReady(pod), endpointsFollow])
  },

  /** A pod of the same owner stands in for a lost one, and is ready. */
  replaced({ effect, pod }: Situation): Prediction | undefined {
    const created = [replacementCreated, sandboxStarts, ...becomesReady(pod), statusArrives]
    if (effect.does === 'delete-pod') return sum(created)
    return effect.does === 'delete-node' ? sum([...podGc, ...created]) : undefined
  },

  /** Every replica is ready and in its Services again. From the revert for a failed probe. */
  recovers(situation: Situation): Prediction | undefined {
    const { effect } = situation
    const replaced = this.replaced(situation)
    if (replaced) return sum([...replaced.because, endpointsFollow])
    const joins = this.joinsEndpoints(situation)
    if (!joins || effect.does !== 'fail-probe' || effect.probes.includes('readiness')) return joins
    // Reverted before the threshold was reached or long after: from nothing at all to the whole chain.
    return sum([...joins.because.map((term) => ({ ...term, earliestMs: 0 })), ...stillBackingOff()])
  },
}

function stillBackingOff(): Term[] {
  return backOff(2).map((term) => ({
    ...term,
    term: 'a back-off, should it have failed again before the revert',
  }))
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
 * How long it takes at most until a liveness probe that fails together with this fault would have restarted its
 * container: an invariant that says that nothing restarts has to be watched for at least so long.
 */
export function longEnoughToRestart({ effect, pod }: Situation): number {
  if (effect.does !== 'fail-probe') return 0
  const { failure } = effect
  const waits = pod.containers.flatMap(({ livenessProbe }) =>
    livenessProbe ? [sum([...failuresToThreshold(livenessProbe, failure), statusArrives]).latestMs] : [],
  )
  return Math.max(0, ...waits)
}
