import type { ProbeFailure } from '../model/fault.ts'
import type { Prediction, Term } from '../model/result.ts'
import { type ContainerTiming, graceMs, type PodTiming, type ProbeTiming, resolveProbe } from './spec.ts'

/** The window that these terms add up to: each takes between its earliest and its latest share. */
export function sum(terms: Term[]): Prediction {
  return {
    earliestMs: terms.reduce((ms, term) => ms + (term.earliestMs ?? term.ms), 0),
    latestMs: terms.reduce((ms, term) => ms + term.ms, 0),
    because: terms,
  }
}

const probes = 'https://kubernetes.io/docs/concepts/workloads/pods/probes/'

/** From the first failed probe to the failure that reaches the threshold. */
export function failuresToThreshold(probe: ProbeTiming, failure: ProbeFailure): Term[] {
  const { failures, periodMs, timeoutMs } = resolveProbe(probe)
  const slow = failure.with === 'silence' || failure.with === 'delay'
  // A probe that hangs holds up its worker: the next one comes a period, or the time-out, later.
  const spacingMs = slow ? Math.max(periodMs, timeoutMs) : periodMs
  const terms: Term[] = [
    {
      term: `${failures - 1} more failures, ${spacingMs / 1_000} s apart`,
      earliestMs: Math.max(0, (failures - 1) * spacingMs - earlyTickMs),
      ms: (failures - 1) * spacingMs,
      source: probes,
    },
  ]
  if (slow) terms.push({ term: 'the last one times out', earliestMs: 0, ms: timeoutMs, source: probes })
  return terms
}

/** A ticker that was held up is followed by a shorter period: so much shorter is still the same ticker. */
const earlyTickMs = 500

/** From the start of a container to the failure that reaches the threshold, where it fails from its start. */
export function failuresFromStart(probe: ProbeTiming): Term[] {
  const { failures, periodMs, delayMs } = resolveProbe(probe)
  return [
    {
      term: 'initialDelaySeconds, to the next tick',
      earliestMs: delayMs,
      ms: delayMs + periodMs,
      source: probes,
    },
    { term: `${failures - 1} more failures`, ms: (failures - 1) * periodMs, source: probes },
  ]
}

/** preStop and the app's own stop: nothing at best, the whole grace period and its 2 s extension at worst. */
export function stop(pod: PodTiming, probe?: ProbeTiming): Term {
  const own = probe?.terminationGracePeriodSeconds
  const ms = own === undefined ? graceMs(pod) : own * 1_000
  return {
    term: 'preStop and the exit, within the grace period',
    earliestMs: 0,
    ms: ms + 2_000,
    source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  }
}

/** What is killed at the end of the grace period is not gone at once on a busy node. */
export const runtimeEnds: Term = {
  term: "the container's end by the runtime",
  earliestMs: 0,
  ms: 5_000,
  source: 'measured',
}

/** The kubelet hears of a container's end when it next lists its containers. */
export const plegRelist: Term = {
  term: 'the kubelet notices (PLEG relist)',
  earliestMs: 0,
  ms: 1_000,
  source: 'kubernetes/pkg/kubelet/kubelet.go: genericPlegRelistPeriod',
}

/**
 * Shares whose source is `measured` were seen on kind with two cores while four scenarios ran at once: the largest,
 * doubled. Kubernetes promises none of them. The image is in the node already.
 */
export const containerStart: Term = {
  term: 'the container starts',
  earliestMs: 0,
  ms: 8_000,
  source: 'measured',
}

/** From the kubelet's status to the arrival of the watch event. */
export const statusArrives: Term = {
  term: 'the status reaches the recorder',
  earliestMs: 0,
  ms: 3_000,
  source: 'measured',
}

export const endpointsFollow: Term = {
  term: 'the EndpointSlice follows',
  earliestMs: 0,
  ms: 3_000,
  source: 'measured; kubernetes/pkg/controller/endpointslice',
}

export const replacementCreated: Term = {
  term: 'the ReplicaSet creates another pod, and it is scheduled',
  earliestMs: 0,
  ms: 3_000,
  source: 'measured; https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/',
}

export const sandboxStarts: Term = {
  term: "the pod's sandbox and containers start",
  earliestMs: 0,
  ms: 15_000,
  source: 'measured',
}

const firstBackOffMs = 10_000
const backOffLimitMs = 300_000

/**
 * The wait before a container's n-th restart: none before the first, then 10 s, doubled each time, up to 300 s. The
 * kubelet looks again when it next syncs the pod, which may take as long as its back-off for errors.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
export function backOff(restart: number): Term[] {
  if (restart <= 1) return []
  const earliestMs = Math.min(firstBackOffMs * 2 ** (restart - 2), backOffLimitMs)
  const source = 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy'
  return [{ term: `back-off before restart ${restart}`, earliestMs: 0, ms: earliestMs + 12_000, source }]
}

/** From the start of the containers to the pod's readiness: the slowest of them. */
export function becomesReady(pod: PodTiming): Term[] {
  const waits = pod.containers.map(readyTerms)
  const slowest = waits.reduce(
    (worst, terms) => (sum(terms).latestMs > sum(worst).latestMs ? terms : worst),
    [],
  )
  const earliestMs = Math.max(0, ...waits.map((terms) => sum(terms).earliestMs))
  if (sum(slowest).earliestMs === earliestMs) return slowest
  return [
    {
      term: 'every container is ready, the slowest last',
      earliestMs,
      ms: sum(slowest).latestMs,
      source: probes,
    },
  ]
}

function readyTerms({ name, readinessProbe, startupProbe }: ContainerTiming): Term[] {
  const terms: Term[] = []
  if (startupProbe) {
    const { delayMs, periodMs, failures } = resolveProbe(startupProbe)
    terms.push({
      term: `the startup probe of ${name}, at most ${failures} times`,
      earliestMs: delayMs,
      ms: delayMs + failures * periodMs,
      source: probes,
    })
  }
  if (readinessProbe) {
    const { delayMs, periodMs, successes } = resolveProbe(readinessProbe)
    terms.push({
      term: `initialDelaySeconds of the readiness of ${name}, to the next tick`,
      earliestMs: delayMs,
      ms: delayMs + periodMs,
      source: probes,
    })
    terms.push(...successesToThreshold(successes, periodMs))
  }
  return terms
}

/** The proxy's pod is asked to end, and takes its rule with it. */
export const proxyGoes: Term = { term: 'the proxy goes', earliestMs: 0, ms: 3_000, source: 'measured' }

/** After a probe has begun to succeed again: up to a period to the first success, then as many more as it takes. */
export function succeedsAgain(probe: ProbeTiming): Term[] {
  const { successes, periodMs } = resolveProbe(probe)
  return [
    { term: 'the next probe', earliestMs: 0, ms: periodMs, source: probes },
    ...successesToThreshold(successes, periodMs),
  ]
}

function successesToThreshold(successes: number, periodMs: number): Term[] {
  // One more period, for a probe may come while the app still warms up.
  const ms = successes * periodMs
  return [
    { term: `${successes} successes in a row`, earliestMs: (successes - 1) * periodMs, ms, source: probes },
  ]
}

/** PodGC looks every 20 s for pods of nodes that are gone, and waits 40 s before it believes it. */
export const podGc: Term[] = [
  {
    term: 'PodGC believes that the node is gone (quarantine)',
    earliestMs: 40_000,
    ms: 40_000,
    source: 'kubernetes/pkg/controller/podgc/gc_controller.go: quarantineTime',
  },
  {
    term: 'PodGC looks again, twice at most',
    earliestMs: 0,
    ms: 40_000,
    source: 'kubernetes/pkg/controller/podgc/gc_controller.go: gcCheckPeriod',
  },
]
