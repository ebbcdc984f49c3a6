import { counted } from '../model/counted.ts'
import type { ProbeFailure } from '../model/fault.ts'
import type { Term } from '../model/result.ts'
import { type ContainerTiming, type PodTiming, type ProbeTiming, resolveProbe } from './spec.ts'
import { atOnceAtBest, period, slowestOf, sum } from './terms.ts'

const source = 'https://kubernetes.io/docs/concepts/workloads/pods/probes/'

/** A ticker that was held up is followed by a shorter period: so much shorter is still the same ticker. */
const earlyTickMs = 500

/** From the first failed probe to the failure that reaches the threshold. */
export function failuresToThreshold(probe: ProbeTiming, failure: ProbeFailure): Term[] {
  const { failures } = resolveProbe(probe)
  const apartMs = spacingMs(probe, failure)
  return [
    period(
      `${counted(failures - 1, 'more failure')}, ${apartMs / 1_000} s apart`,
      moreOf(failures, apartMs),
      source,
    ),
    ...timeOut(probe, failure),
  ]
}

/** From the first of so many in a row to the last, least and most. */
export function moreOf(inARow: number, apartMs: number): [number, number] {
  const ms = (inARow - 1) * apartMs
  return [Math.max(0, ms - earlyTickMs), ms]
}

/** From the start of a container to the failure that reaches the threshold, where it fails from its start. */
export function failuresFromStart(probe: ProbeTiming, failure: ProbeFailure): Term[] {
  const { periodMs, delayMs, leastDelayMs } = resolveProbe(probe)
  return [
    period('initialDelaySeconds, to the next tick', [leastDelayMs, delayMs + periodMs], source),
    ...failuresToThreshold(probe, failure),
  ]
}

/** A probe that hangs holds up its worker: the next one comes a period, or the time-out, later. */
function spacingMs(probe: ProbeTiming, failure: ProbeFailure): number {
  const { periodMs, timeoutMs } = resolveProbe(probe)
  return hangs(failure) ? Math.max(periodMs, timeoutMs) : periodMs
}

function timeOut(probe: ProbeTiming, failure: ProbeFailure): Term[] {
  return hangs(failure) ? [period('the last one times out', [0, resolveProbe(probe).timeoutMs], source)] : []
}

/** Of HTTP, tcp, gRPC and exec alike: a status, a reset and an exit code are answers, and come at once. */
function hangs(failure: ProbeFailure): boolean {
  return failure.with === 'silence' || failure.with === 'delay'
}

/**
 * From the start of the containers to the pod's readiness: the slowest of them. What an app needs to warm up is not in
 * its spec: where its pods were seen to need longer than the spec tells, so may the next, to the tick after.
 *
 * @param readyTookMs how long its pods took, from their containers' start, before the fault.
 */
export function untilReady(pod: PodTiming, readyTookMs = 0): Term[] {
  const bySpec = readyBySpec(pod)
  const { latestMs } = sum(bySpec)
  if (readyTookMs <= latestMs) return bySpec
  const periods = pod.containers.flatMap(({ readinessProbe }) =>
    readinessProbe ? [resolveProbe(readinessProbe).periodMs] : [],
  )
  const ms = Math.round(readyTookMs - latestMs) + Math.max(0, ...periods)
  const term = 'the app is as slow to become ready as it was before the fault, or was said to be'
  return [...bySpec, { term, earliestMs: 0, ms, source: 'measured in this scenario' }]
}

function readyBySpec(pod: PodTiming): Term[] {
  const waits = pod.containers.map((container) => [...startsUp(container), ...readyAfterStart(container)])
  const slowest = slowestOf(waits)
  const earliestMs = Math.max(0, ...waits.map((terms) => sum(terms).earliestMs))
  if (sum(slowest).earliestMs === earliestMs) return slowest
  const range: [number, number] = [earliestMs, sum(slowest).latestMs]
  return [period('every container is ready, the slowest last', range, source)]
}

/** A startup probe holds back the other two until it succeeds. */
export function startsUp({ name, startupProbe }: ContainerTiming): Term[] {
  if (!startupProbe) return []
  const { delayMs, leastDelayMs, periodMs, failures } = resolveProbe(startupProbe)
  const term = `the startup probe of ${name}, asked at most ${counted(failures, 'time')}`
  return [period(term, [leastDelayMs, delayMs + failures * periodMs], source)]
}

function readyAfterStart({ name, readinessProbe }: ContainerTiming): Term[] {
  if (!readinessProbe) return []
  const { delayMs, leastDelayMs, periodMs, successes } = resolveProbe(readinessProbe)
  const term = `initialDelaySeconds of the readiness of ${name}, to the next tick`
  return [
    period(term, [leastDelayMs, delayMs + periodMs], source),
    ...successesToThreshold(successes, periodMs),
  ]
}

/** After a probe has begun to succeed again: up to a period to the first success, then as many more as it takes. */
export function succeedsAgain(probe: ProbeTiming): Term[] {
  const { successes, periodMs } = resolveProbe(probe)
  return [period('the next probe', [0, periodMs], source), ...successesToThreshold(successes, periodMs)]
}

function successesToThreshold(successes: number, periodMs: number): Term[] {
  // One more period, for a probe may come while the app still warms up.
  const [leastMs] = moreOf(successes, periodMs)
  const term = successes === 1 ? 'a success' : `${successes} successes in a row`
  return [period(term, [leastMs, successes * periodMs], source)]
}

/**
 * The readiness of a pod that went on running while its kubelet was away: nothing at best, for the kubelet may still
 * know that it was ready. A kubelet that is younger than the period waits up to a period before it asks at all.
 */
export function readyUnderNewKubelet(pod: PodTiming, isNew: boolean): Term[] {
  const waits = pod.containers.flatMap(({ readinessProbe }) => {
    if (!readinessProbe) return []
    const { periodMs } = resolveProbe(readinessProbe)
    const jitter = period('a new kubelet spreads its probes', [0, periodMs], workers)
    return [[...(isNew ? [jitter] : []), ...succeedsAgain(readinessProbe)]]
  })
  return atOnceAtBest(slowestOf(waits))
}

const workers = 'kubernetes/pkg/kubelet/prober/worker.go'
