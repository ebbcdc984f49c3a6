import type { ClusterTiming } from '../model/cluster-timing.ts'
import { resolveTiming } from '../model/cluster-timing.ts'
import type { FaultEffect } from '../model/fault.ts'
import type { Prediction, Term } from '../model/result.ts'
import { fallsIll, firstReady, firstStarts } from './app.ts'
import { dependencyReturns, noticed, noticesLoss, unwell } from './dependency.ts'
import { budgetWaits, scheduledAgain } from './drain.ts'
import { hangs, leavesFrozen, toItsKill } from './freeze.ts'
import { type JobTiming, jobBackOff, works, worksAndIsDone } from './jobs.ts'
import {
  evictedByTaint,
  foundSilent,
  hearsOfItsEviction,
  nodeReturns,
  podGc,
  toleratedTerms,
} from './nodes.ts'
import { becomesReady, failuresFromStart, failuresToThreshold, startsUp, succeedsAgain } from './probes.ts'
import { type RollOut, rollsOut, scales, stalls } from './roll-out.ts'
import { eventWaitMs } from './shares.ts'
import { type ContainerTiming, type PodTiming, resolveProbe } from './spec.ts'
import {
  appFails,
  atOnceAtBest,
  backOff,
  containerStart,
  endpointsFollow,
  initContainersRun,
  jobCounts,
  period,
  plegRelist,
  plegStart,
  proxyGoes,
  replacementCreated,
  rollOutStep,
  runtimeEnds,
  sandboxStarts,
  slowestOf,
  statusArrives,
  stop,
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
  /** How long the workload's pods took to become ready before the fault, from their containers' start. */
  readyTookMs?: number
  /** Whether the fault has been undone. */
  reverted?: boolean
  /** The Deployment that the pods are of, where the fault changes it. */
  rollOut?: RollOut
  /** The Job that the pods are of, where a claim is about one. */
  job?: JobTiming
  /** Kubernetes' own settings unless given. */
  cluster?: ClusterTiming
}

/**
 * The windows in which Kubernetes should act, each from its anchor: the fault's receipt, or its revert where the name
 * says so. For a failed probe the receipt is the first failure. Undefined where nothing should follow.
 */
export const predict = {
  /**
   * The container runs again, `times` times over. So long a claim waits of a pod whose restartPolicy is Never, too: it is
   * the promise that is broken then, and not the claim.
   */
  restarts(situation: Situation, times: number): Prediction | undefined {
    const once = untilDown(situation)
    if (!once) return undefined
    const timing = resolveTiming(situation.cluster)
    const terms: Term[] = []
    for (let n = 1; n <= times; n++) {
      const again = n === 1 ? once : downAgain(situation)
      terms.push(...again, ...backOff(restartsByThen(situation) + n, timing), containerStart, plegStart)
    }
    return sum([...terms, statusArrives])
  },

  /**
   * The container ends again and again, and has been started again `times` times. From a signal on, and in the pods that
   * a roll-out makes, it fails as soon as it has started: of any other app a claim has to say within when.
   */
  crashLoops(situation: Situation, times: number): Prediction | undefined {
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
  },

  /**
   * The Job that lost a pod, or the work of one, has completed. Undefined where nobody has told how long its pods work.
   * Its first failure is meant: Kubernetes waits longer after each more.
   */
  completes(situation: Situation): Prediction | undefined {
    const { effect, pod, job } = situation
    if (job?.workMs === undefined) return undefined
    const done = [plegRelist, statusArrives, ...worksAndIsDone(job)]
    const retried = pod.restartPolicy === 'OnFailure' ? this.restarts(situation, 1) : undefined
    if (retried) return sum([...retried.because, ...done])
    const another = anotherTry(pod)
    // A pod that is deleted counts as a failure at once.
    if (effect.does === 'signal' || effect.does === 'delete-pod')
      return sum([statusArrives, ...another, ...done])
    const lost = this.replaced(situation)
    return lost && sum([...lost.because, ...done])
  },

  /**
   * The Job has failed, for its pods failed more often than it tries: after the tries that it has left, each of which
   * fails when it has worked. Undefined where there are some and nobody has told for how long they work, where their
   * containers are restarted in the same pods, and for a fault that does not end a pod at once.
   */
  fails({ effect, pod, job }: Situation): Prediction | undefined {
    const isEnd = effect.does === 'signal' || effect.does === 'delete-pod'
    if (!isEnd || pod.restartPolicy === 'OnFailure' || !job) return undefined
    const { triesLeft = 0, workMs } = job
    if (triesLeft > 0 && workMs === undefined) return undefined
    // kubernetes/pkg/controller/job/job_controller.go: no Job is Failed before its last pod has ended.
    const stops = [stop(pod, pod.containers), runtimeEnds, plegRelist]
    const ends = effect.does === 'delete-pod' ? atOnceAtBest(stops) : []
    const terms = [...ends, statusArrives]
    for (let failures = 1; failures <= triesLeft; failures++) {
      terms.push(...anotherTry(pod, failures), works(workMs), plegRelist, statusArrives)
    }
    return sum([...terms, jobCounts])
  },

  /** The container has ended, as its pod's status tells. From the revert for a node that was cut off meanwhile. */
  exits(situation: Situation): Prediction | undefined {
    const { effect, pod } = situation
    if (effect.does === 'delete-pod') {
      const container = containerOf(situation)
      // A forced deletion waits for no hook.
      const hooked = container && !effect.force ? [container] : []
      return sum([stop(pod, hooked), runtimeEnds, plegRelist, statusArrives])
    }
    if (effect.does === 'drain' || effect.does === 'taint') {
      const told = toldToGo(situation)
      return told && sum([...told, stop(pod, pod.containers), runtimeEnds, plegRelist, statusArrives])
    }
    const told =
      effect.does === 'lose-node' && situation.reverted ? hearsOfItsEviction(effect.how, pod) : undefined
    if (told) return sum([...told, stop(pod, pod.containers), runtimeEnds, plegRelist, statusArrives])
    const down = untilDown(situation)
    return down && sum([...down, statusArrives])
  },

  /**
   * A container of the pod has written of it: on its way down, or once it is up again. Of a roll-out, a pod that it makes;
   * with `previous`, one that fails at its start.
   */
  logs(situation: Situation, previous = false): Prediction | undefined {
    const { effect, pod, readyTookMs } = situation
    if (effect.does === 'delete-pod') return sum(atOnceAtBest(this.exits(situation)?.because ?? []))
    const restarts = this.restarts(situation, 1)
    const goes = effect.does === 'roll-out' ? latestOf(restarts, this.rollsOut(situation)) : restarts
    const fails = previous ? [appFails, plegRelist, statusArrives] : []
    const up = effect.does === 'roll-out' ? fails : becomesReady(pod, readyTookMs)
    return goes && sum(atOnceAtBest([...goes.because, ...up]))
  },

  /** A pod that a drain evicts is gone, all its containers ended; from its eviction, which is a deletion. */
  evicted({ pod }: Pick<Situation, 'pod'>): Prediction {
    return sum([stop(pod, pod.containers), runtimeEnds, plegRelist, statusArrives])
  },

  /** The pod's endpoint is no longer ready, or gone. */
  leavesEndpoints(situation: Situation): Prediction | undefined {
    const { effect, cluster } = situation
    const timing = resolveTiming(cluster)
    if (effect.does === 'delete-pod' || effect.does === 'orphan-pod') return sum([endpointsFollow])
    // A sync of the Service for another reason may skip the pods of a missing node before PodGC takes them.
    if (effect.does === 'delete-node') return sum([...atOnceAtBest(podGc(timing)), endpointsFollow])
    if (effect.does === 'lose-node') return sum([...foundSilent(timing), statusArrives, endpointsFollow])
    if (effect.does === 'drain' || effect.does === 'taint') {
      const told = toldToGo(situation)
      return told && sum([...told, endpointsFollow])
    }
    if (effect.does === 'scale') return effect.to < effect.from ? this.recovers(situation) : undefined
    if (effect.does === 'lose-dependency') {
      return sum([...noticesLoss(containerOf(situation)), statusArrives, endpointsFollow])
    }
    if (effect.does === 'freeze') {
      const frozen = containerOf({ ...situation, container: effect.container })
      const left = leavesFrozen(effect, frozen, untilDown(situation))
      return left && sum([...left, statusArrives, endpointsFollow])
    }
    // Which of the pods go first is not known.
    if (effect.does === 'roll-out') return sum(atOnceAtBest(this.rollsOut(situation)?.because ?? []))
    // What made the startup probe be asked again took the container down before its first failure.
    if (killerOf(effect) === 'startup') return sum([statusArrives, endpointsFollow])
    const { readinessProbe } = containerOf(situation) ?? {}
    const byReadiness =
      effect.does === 'fail-probe' && effect.probes.includes('readiness') && readinessProbe
        ? failuresToThreshold(readinessProbe, effect.failure)
        : undefined
    const byRestart = untilDown(situation)
    const terms = eitherOf(byReadiness, byRestart)
    return terms && sum([...terms, statusArrives, endpointsFollow])
  },

  /**
   * The pod's endpoint is ready again. From the revert for a failed probe, for a dependency that was away, and for a lost
   * node, where the node comes back before its pods are evicted.
   */
  joinsEndpoints(situation: Situation): Prediction | undefined {
    const { effect, pod, cluster, readyTookMs } = situation
    const timing = resolveTiming(cluster)
    const ready = becomesReady(pod, readyTookMs)
    if (effect.does === 'signal') {
      const restarts = this.restarts(situation, 1)
      return restarts && sum([...restarts.because, ...ready, endpointsFollow])
    }
    if (effect.does === 'lose-node') {
      return sum([...nodeReturns(effect.how, pod, timing), statusArrives, endpointsFollow])
    }
    if (effect.does === 'lose-dependency') {
      const returns = dependencyReturns(effect.readyTookMs, containerOf(situation))
      return sum([...returns, statusArrives, endpointsFollow])
    }
    if (effect.does === 'freeze') {
      const restarts = this.restarts(situation, 1)
      const restarted = restarts && [...restarts.because, ...ready]
      if (!situation.reverted) return restarted && sum([...restarted, endpointsFollow])
      const { readinessProbe } = containerOf(situation) ?? {}
      const again = readinessProbe ? succeedsAgain(readinessProbe) : []
      return sum([...again, ...atOnceAtBest(restarted ?? []), statusArrives, endpointsFollow])
    }
    if (effect.does !== 'fail-probe') return undefined
    const { readinessProbe } = containerOf(situation) ?? {}
    const again = effect.probes.includes('readiness') && readinessProbe ? succeedsAgain(readinessProbe) : []
    // Reverted before the threshold was reached or long after: from nothing at all to the whole chain.
    const restarts = this.restarts(situation, 1)
    const backingOff = backOff(restartsByThen(situation) + 2, timing).map((term) => ({
      ...term,
      term: `${term.term}, had it failed again by then`,
    }))
    const restarted = restarts ? atOnceAtBest([...restarts.because, ...backingOff, ...ready]) : []
    if (again.length === 0 && restarted.length === 0) return undefined
    return sum([proxyGoes, ...again, ...restarted, statusArrives, endpointsFollow])
  },

  /** A pod that a roll-out makes, or more replicas do, is ready and in its Services for the first time. */
  becomesReady({ effect, pod, readyTookMs }: Situation): Prediction | undefined {
    if (effect.does !== 'roll-out' && effect.does !== 'scale') return undefined
    const app = effect.does === 'roll-out' ? effect.app : undefined
    const ready = firstReady(pod, app ?? {}, readyTookMs)
    return sum([rollOutStep, ...firstStarts(pod), ...ready, statusArrives, endpointsFollow])
  },

  /** A pod of the same owner stands in for a lost one, and is ready. */
  replaced(situation: Situation): Prediction | undefined {
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
    const evicted = evictedByTaint(pod, timing)
    return evicted && sum([...foundSilent(timing), evicted, ...created])
  },

  /**
   * Every replica is ready and in its Services again. From the revert for a failed probe, and for a lost node that is
   * back: its pods may be ready again, or have been replaced meanwhile, whatever is first.
   */
  recovers(situation: Situation): Prediction | undefined {
    const { effect, pod, rollOut = {}, readyTookMs } = situation
    if (effect.does === 'scale') return sum(scales(pod, rollOut, effect.to > effect.from, readyTookMs))
    if (effect.does === 'roll-out') return this.rollsOut(situation)
    const replaced = this.replaced(situation)
    const byReplacement = replaced && [...replaced.because, endpointsFollow]
    if (givesRoomBack(effect) && situation.reverted) {
      // What had no other place is scheduled once its node takes pods again.
      const byRevert = [scheduledAgain, ...createdAnew(pod, readyTookMs), endpointsFollow]
      return sum(eitherOf(byReplacement, byRevert) ?? byRevert)
    }
    if (situation.effect.does === 'lose-node' && situation.reverted) {
      const terms = eitherOf(byReplacement, this.joinsEndpoints(situation)?.because)
      return terms && sum(terms)
    }
    if (byReplacement) return sum(byReplacement)
    return situation.effect.does === 'lose-node' ? undefined : this.joinsEndpoints(situation)
  },

  /** Every pod is of the new template, ready and in its Services. Of a Deployment that is paused, too: it is broken then. */
  rollsOut({ effect, pod, rollOut = {}, readyTookMs }: Situation): Prediction | undefined {
    if (effect.does !== 'roll-out') return undefined
    const slowMs = Math.max(readyTookMs ?? 0, effect.app?.readyAfterMs ?? 0)
    return sum(rollsOut(pod, rollOut, slowMs))
  },

  /** The pods of a workload that has just been applied are ready, in their Services, and stay so for a moment. */
  becomesSteady(pods: PodTiming[], holdMs: number): Prediction {
    const waits = pods.map((pod) => [...createdAnew(pod, undefined), endpointsFollow])
    const held = period('it stays steady for a moment', [holdMs, holdMs], 'harness/timeline/steady.ts')
    return sum([...slowestOf(waits), held])
  },

  /** The Deployment tells that its roll-out makes no progress. */
  stalls({ effect, rollOut = {} }: Situation): Prediction | undefined {
    const terms = effect.does === 'roll-out' ? stalls(rollOut) : undefined
    return terms && sum(terms)
  },
}

/** From a pod's loss to the readiness of the one that its owner makes. */
function createdAnew(pod: PodTiming, readyTookMs: number | undefined): Term[] {
  const starts = [...initContainersRun(pod), sandboxStarts, plegStart]
  return [replacementCreated, ...starts, ...becomesReady(pod, readyTookMs), statusArrives]
}

/** From the failure of a Job's pod to the work of the next. */
function anotherTry(pod: PodTiming, failures = 1): Term[] {
  const starts = [...initContainersRun(pod), sandboxStarts, plegStart]
  return [jobCounts, jobBackOff(failures), replacementCreated, ...starts]
}

/** From a drain or a taint to the pod's deletion; undefined where it never comes to that. */
function toldToGo({ effect, pod, readyTookMs }: Situation): Term[] | undefined {
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

/** The slower of two ways to the same end, either of which may be first. */
function eitherOf(one: Term[] | undefined, other: Term[] | undefined): Term[] | undefined {
  if (!one || !other) return one ?? other
  return atOnceAtBest(sum(one).latestMs >= sum(other).latestMs ? one : other)
}

/**
 * The probe by whose failure the kubelet kills the container. Where the startup probe is the first that is meant, it is
 * being asked; otherwise the container has started up, and only its liveness can end it.
 */
function killerOf(effect: FaultEffect): 'liveness' | 'startup' | undefined {
  if (effect.does !== 'fail-probe') return undefined
  if (effect.probes[0] === 'startup') return 'startup'
  return effect.probes.includes('liveness') ? 'liveness' : undefined
}

/** The one of two that may come later. */
function latestOf(one: Prediction | undefined, other: Prediction | undefined): Prediction | undefined {
  return one && other && one.latestMs > other.latestMs ? one : (other ?? one)
}

/** How often the container has been restarted when the receipt comes: of a new pod never, and a startup probe is asked after a restart alone. */
function restartsByThen({ effect, restartsBefore }: Situation): number {
  if (effect.does === 'roll-out') return 0
  return restartsBefore + (killerOf(effect) === 'startup' ? 1 : 0)
}

/** From the anchor to the container's end. */
function untilDown(situation: Situation): Term[] | undefined {
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
    return down && [...firstStarts(pod), ...down]
  }
  if (effect.does !== 'fail-probe') return undefined
  const container = containerOf({ ...situation, container: effect.container })
  const killer = killerOf(effect)
  const probe = killer && container?.[`${killer}Probe`]
  if (!container || !probe) return undefined
  return [
    ...failuresToThreshold(probe, effect.failure),
    stop(pod, [container], probe),
    runtimeEnds,
    plegRelist,
  ]
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
  return [...held, ...failures, stop(pod, [container], probe), runtimeEnds, plegRelist]
}

/** From a container's start to its end, where the app falls ill by itself and its liveness tells of it. */
function downOfItself(situation: Situation): Term[] | undefined {
  const { effect, pod } = situation
  const illAfterMs = effect.does === 'roll-out' ? effect.app?.illAfterMs : undefined
  const container = containerOf(situation)
  const probe = container?.livenessProbe
  if (illAfterMs === undefined || !container || !probe) return undefined
  return [...fallsIll(probe, illAfterMs), stop(pod, [container], probe), runtimeEnds, plegRelist]
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
