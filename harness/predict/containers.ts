import { resolveTiming } from '../model/cluster-timing.ts'
import type { FaultEffect } from '../model/fault.ts'
import type { Prediction, Term } from '../model/result.ts'
import { fallsIll } from './app.ts'
import { noticed, unwell } from './dependency.ts'
import { hangs, toItsKill } from './freeze.ts'
import { hearsOfItsEviction } from './nodes.ts'
import { anotherStarts, containersEnd } from './pods.ts'
import { failuresFromStart, failuresToThreshold, startsUp, untilReady } from './probes.ts'
import { rollsOut, toldToGo } from './replicas.ts'
import { eventWaitMs } from './shares.ts'
import { containerOf, type Situation } from './situation.ts'
import { resolveProbe } from './spec.ts'
import {
  appFails,
  atOnceAtBest,
  backOff,
  containerStart,
  plegRelist,
  plegStart,
  replacementCreated,
  runtimeEnds,
  sandboxStarts,
  statusArrives,
  sum,
} from './terms.ts'

/**
 * The container runs again, `times` times over. So long a claim waits of a pod whose restartPolicy is Never, too: it is
 * the promise that is broken then, and not the claim.
 */
export function restarts(situation: Situation, times: number): Prediction | undefined {
  const once = untilDown(situation)
  if (!once) return undefined
  const timing = resolveTiming(situation.cluster)
  const terms: Term[] = []
  for (let n = 1; n <= times; n++) {
    const again = n === 1 ? once : downAgain(situation)
    terms.push(...again, ...backOff(restartsByThen(situation) + n, timing), containerStart, plegStart)
  }
  return sum([...terms, statusArrives])
}

/**
 * The container ends again and again, and has been started again `times` times. From a signal on, and in the pods that
 * a roll-out makes, it fails as soon as it has started: of any other app a claim has to say within when.
 */
export function crashLoops(situation: Situation, times: number): Prediction | undefined {
  const { effect, cluster } = situation
  const isNew = effect.does === 'roll-out' && effect.app?.illAfterMs === undefined
  const fails = [appFails, plegRelist]
  const once = isNew ? [replacementCreated, sandboxStarts, plegStart, ...fails] : untilDown(situation)
  if (!once) return undefined
  const before = isNew ? 0 : restartsByThen(situation)
  const byKubelet = !isNew && effect.does !== 'signal'
  const again = byKubelet ? downAgain(situation) : fails
  const terms: Term[] = []
  for (let n = 1; n <= times; n++) {
    const waits = backOff(before + n, resolveTiming(cluster)).map((term, index) =>
      // Counted from the end itself, and not forgotten yet: only one that the kubelet ended may have waited before.
      index === 0 && !byKubelet ? { ...term, earliestMs: term.ms } : term,
    )
    terms.push(...(n === 1 ? once : again), ...waits, containerStart, plegStart)
  }
  return sum([...terms, statusArrives])
}

/** The container has ended, as its pod's status tells. From the revert for a node that was cut off meanwhile. */
export function exits(situation: Situation): Prediction | undefined {
  const { effect, pod } = situation
  if (effect.does === 'delete-pod') {
    const container = containerOf(situation)
    // A forced deletion waits for no hook.
    const hooked = container && !effect.force ? [container] : []
    return sum([...containersEnd(pod, hooked), statusArrives])
  }
  const isBack = effect.does === 'lose-node' && situation.reverted
  const told = isBack ? hearsOfItsEviction(effect.how, pod) : toldToGo(situation)
  if (told) return sum([...told, ...containersEnd(pod, pod.containers), statusArrives])
  const down = untilDown(situation)
  return down && sum([...down, statusArrives])
}

/**
 * A container of the pod has written of it: on its way down, or once it is up again. Of a roll-out, a pod that it makes;
 * with `previous`, one that fails at its start.
 */
export function logs(situation: Situation, previous = false): Prediction | undefined {
  const { effect, pod, readyTookMs } = situation
  if (effect.does === 'delete-pod') return sum(atOnceAtBest(exits(situation)?.because ?? []))
  const restart = restarts(situation, 1)
  const goes = effect.does === 'roll-out' ? latestOf(restart, rollsOut(situation)) : restart
  const fails = previous ? [appFails, plegRelist, statusArrives] : []
  const up = effect.does === 'roll-out' ? fails : untilReady(pod, readyTookMs)
  return goes && sum(atOnceAtBest([...goes.because, ...up]))
}

/** A pod that a drain evicts is gone, all its containers ended; from its eviction, which is a deletion. */
export function evicted({ pod }: Pick<Situation, 'pod'>): Prediction {
  return sum([...containersEnd(pod, pod.containers), statusArrives])
}

/**
 * How long it takes at most until a liveness probe that fails together with this fault would have had its container
 * killed: an invariant that says that nothing restarts has to be watched for at least so long. The kubelet tells of the
 * decision by an event, so the grace period need not be waited for.
 */
export function longEnoughToRestart({ effect, pod }: Situation): number {
  if (effect.does === 'freeze') {
    const { livenessProbe } = containerOf({ effect, pod, restartsBefore: 0 }) ?? {}
    return livenessProbe ? sum(hangs(effect, livenessProbe)).latestMs + eventWaitMs : 0
  }
  if (effect.does !== 'fail-probe' && effect.does !== 'lose-dependency') return 0
  const failure = effect.does === 'fail-probe' ? effect.failure : unwell
  const noticedMs = effect.does === 'fail-probe' ? 0 : sum([noticed]).latestMs
  const waits = pod.containers.flatMap(({ livenessProbe }) => {
    if (!livenessProbe) return []
    // It may be asked first up to a period after the probe whose failure was the receipt.
    const { periodMs } = resolveProbe(livenessProbe)
    return [noticedMs + periodMs + sum(failuresToThreshold(livenessProbe, failure)).latestMs + eventWaitMs]
  })
  return Math.max(0, ...waits)
}

/** How often the container has been restarted when the receipt comes: of a new pod never, and a startup probe is asked after a restart alone. */
export function restartsByThen({ effect, restartsBefore }: Situation): number {
  if (effect.does === 'roll-out') return 0
  return restartsBefore + (killerOf(effect) === 'startup' ? 1 : 0)
}

/**
 * The probe by whose failure the kubelet kills the container. Where the startup probe is the first that is meant, it is
 * being asked; otherwise the container has started up, and only its liveness can end it.
 */
export function killerOf(effect: FaultEffect): 'liveness' | 'startup' | undefined {
  if (effect.does !== 'fail-probe') return undefined
  if (effect.probes[0] === 'startup') return 'startup'
  return effect.probes.includes('liveness') ? 'liveness' : undefined
}

/** From the anchor to the container's end. */
export function untilDown(situation: Situation): Term[] | undefined {
  const { effect, pod } = situation
  // The receipt is the exit itself.
  if (effect.does === 'signal') return [plegRelist]
  if (effect.does === 'freeze') {
    const killed = toItsKill(effect, pod, containerOf({ ...situation, container: effect.container }))
    const down = killed && [...killed, runtimeEnds, plegRelist]
    // What goes on may end by itself.
    return down && situation.reverted ? atOnceAtBest(down) : down
  }
  if (effect.does === 'roll-out') {
    const down = downOfItself(situation)
    return down && [...anotherStarts(pod), ...down]
  }
  if (effect.does !== 'fail-probe') return undefined
  const container = containerOf({ ...situation, container: effect.container })
  const killer = killerOf(effect)
  const probe = killer && container?.[`${killer}Probe`]
  if (!container || !probe) return undefined
  return [...failuresToThreshold(probe, effect.failure), ...containersEnd(pod, [container], probe)]
}

/** From a restart to the next end, where the fault is still there. */
function downAgain(situation: Situation): Term[] {
  const { effect, pod } = situation
  if (effect.does === 'roll-out') return downOfItself(situation) ?? []
  const container = containerOf(situation)
  if (!container || effect.does !== 'fail-probe') return []
  const { livenessProbe, startupProbe } = container
  const byStartup = effect.probes.includes('startup') ? startupProbe : undefined
  const probe = byStartup ?? livenessProbe
  if (!probe) return []
  const held = byStartup ? [] : atOnceAtBest(startsUp(container))
  const failures = failuresFromStart(probe, effect.failure)
  return [...held, ...failures, ...containersEnd(pod, [container], probe)]
}

/** From a container's start to its end, where the app falls ill by itself and its liveness tells of it. */
function downOfItself(situation: Situation): Term[] | undefined {
  const { effect, pod } = situation
  const illAfterMs = effect.does === 'roll-out' ? effect.app?.illAfterMs : undefined
  const container = containerOf(situation)
  const probe = container?.livenessProbe
  if (illAfterMs === undefined || !container || !probe) return undefined
  return [...fallsIll(probe, illAfterMs), ...containersEnd(pod, [container], probe)]
}

/** The one of two that may come later. */
function latestOf(one: Prediction | undefined, other: Prediction | undefined): Prediction | undefined {
  return one && other && one.latestMs > other.latestMs ? one : (other ?? one)
}
