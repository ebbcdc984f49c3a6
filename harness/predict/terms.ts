import { type ResolvedTiming, resolveTiming, timingSources } from '../model/cluster-timing.ts'
import type { Prediction, Term } from '../model/result.ts'
import { shares } from './shares.ts'
import { type ContainerTiming, graceMs, type PodTiming, type ProbeTiming, preStopMs } from './spec.ts'

/** The window that these terms add up to: each takes between its earliest and its latest share. */
export function sum(terms: Term[]): Prediction {
  return {
    earliestMs: terms.reduce((ms, term) => ms + (term.earliestMs ?? term.ms), 0),
    latestMs: terms.reduce((ms, term) => ms + term.ms, 0),
    because: terms,
  }
}

/** How much of a window's latest time Kubernetes itself sets, in milliseconds; the rest is the machine's. */
export function periodsMs(prediction: Prediction): number {
  return prediction.because.reduce((ms, term) => ms + (term.kubernetes ? term.ms : 0), 0)
}

/** A time that Kubernetes itself sets. */
export function period(term: string, [earliestMs, ms]: [number, number], source: string): Term {
  return { term, earliestMs, ms, kubernetes: true, source }
}

/** A time that the machine takes. */
function share(term: string, of: keyof typeof shares, source = 'measured'): Term {
  return { term, earliestMs: 0, ms: shares[of], source }
}

/** The same terms, each of which may take no time at all. */
export function atOnceAtBest(terms: Term[]): Term[] {
  return terms.map((term) => ({ ...term, earliestMs: 0 }))
}

/** The slower of two ways to the same end, either of which may be first. */
export function eitherOf(one: Term[] | undefined, other: Term[] | undefined): Term[] | undefined {
  if (!one || !other) return one ?? other
  return atOnceAtBest(sum(one).latestMs >= sum(other).latestMs ? one : other)
}

/** The one that may take longest. */
export function slowestOf(waits: Term[][]): Term[] {
  return waits.reduce((worst, terms) => (sum(terms).latestMs > sum(worst).latestMs ? terms : worst), [])
}

export const minimumGraceMs = 2_000

/**
 * preStop and the app's own stop: what the spec tells of preStop at best, the whole grace period and its 2 s extension
 * at worst. Of several containers, all have ended.
 */
export function stop(pod: PodTiming, containers: ContainerTiming[], probe?: ProbeTiming): Term {
  const ms = graceMs(pod, probe)
  const hooksMs = Math.max(0, ...containers.map((container) => preStopMs(container) ?? 0))
  return period(
    'preStop and the exit, within the grace period',
    [Math.min(hooksMs, ms), ms + minimumGraceMs],
    'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  )
}

/** What is killed at the end of the grace period is not gone at once. */
export const runtimeEnds = share("the container's end by the runtime", 'runtimeEnds')

const relist = 'kubernetes/pkg/kubelet/kubelet.go: genericPlegRelistPeriod'

/** The kubelet hears of a container's end when it next lists its containers. */
export const plegRelist = period('the kubelet notices the end (PLEG relist)', [0, 1_000], relist)

/** It hears of a container's start in the same way. */
export const plegStart = period('the kubelet notices the start (PLEG relist)', [0, 1_000], relist)

export const containerStart = share('the container starts', 'containerStart')
/** It takes in changes of its pods once a second, and each pod's finalizer comes off before it is done. */
export const jobCounts = share(
  'the Job counts its pods',
  'jobCounts',
  'measured; kubernetes/pkg/controller/job/job_controller.go: syncJobBatchPeriod',
)
/** What an app that fails at its start takes for that is in no spec. */
export const appFails = share('the app fails at its start', 'appFails', 'estimated')
export const sandboxStarts = share("the pod's sandbox and containers start", 'sandboxStarts')
export const statusArrives = share('the status reaches the recorder', 'statusArrives')
/**
 * From a pod's status to its EndpointSlice. Where the controller's cache does not tell yet of the slice that it wrote
 * last, because another of the Service's pods had just changed, it gives up and tries again a second later. It would
 * have to a third time only where its watch is more than a second behind: that is the machine's doing.
 */
export const endpointsFollow = [
  share('the EndpointSlice follows', 'endpointsFollow', 'measured; kubernetes/pkg/controller/endpointslice'),
  period(
    'its controller tries again, where another change had just come',
    [0, 1_000],
    'kubernetes/pkg/controller/endpointslice/endpointslice_controller.go: defaultSyncBackOff',
  ),
]

export const replacementCreated = share(
  'its owner makes another pod, and it is scheduled',
  'replacementCreated',
  'measured; https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/',
)

export const rollOutStep = share(
  'the Deployment gives its ReplicaSets their sizes',
  'rollOutStep',
  'measured; kubernetes/pkg/controller/deployment',
)

export const taintEvicts = share(
  'the taint manager deletes the pod',
  'taintEvicts',
  'measured; kubernetes/pkg/controller/tainteviction',
)

/** How soon it asks, and tries again, is the app's own affair. */
export const dependencyNoticed = share('the app knows of its dependency', 'dependencyNoticed', 'estimated')

/** The proxy's pod is asked to end, and takes its rule with it. */
export const proxyGoes = share('the proxy goes', 'proxyGoes')
export const kubeletStarts = share('the kubelet starts', 'kubeletStarts', 'estimated')
export const apiReached = share(
  'the kubelet reaches the API server again',
  'apiReached',
  'measured; kubernetes/cmd/kubelet/app/server.go: the heartbeat client times out after NodeStatusUpdateFrequency',
)
export const nodeBoots = share('the node starts', 'nodeBoots', 'estimated')

/** Init containers come first. The spec does not say how long they take: named, so that a late start is understood. */
export function initContainersRun({ initContainers = [] }: PodTiming): Term[] {
  if (initContainers.length === 0) return []
  const names = initContainers.map(({ name }) => name).join(', ')
  return [
    {
      term: `init containers (${names}), which the spec gives no time`,
      earliestMs: 0,
      ms: 0,
      source: 'https://kubernetes.io/docs/concepts/workloads/pods/init-containers/',
    },
  ]
}

const firstBackOffMs = 10_000
const retryMs = 15_000
const resyncMs = 60_000

/**
 * How long Kubernetes waits from a container's end to its n-th restart at least, in milliseconds. Counted from the end by
 * the runtime's own clock. kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go: doBackOff
 */
export function backOffMs(restart: number, mostMs = resolveTiming().crashLoopBackOffMaxMs): number {
  return restart <= 1 ? 0 : Math.min(firstBackOffMs * 2 ** (restart - 2), mostMs)
}

/**
 * The wait before a container's n-th restart: none before the first, then 10 s, doubled each time, up to a limit. None
 * at best: it is forgotten when the container has run for ten minutes. The kubelet looks again after its retry period
 * of 10 s or, in newer versions, when the back-off or its resync period of 60 s is over; each with up to half of it more.
 */
export function backOff(restart: number, timing: ResolvedTiming = resolveTiming()): Term[] {
  const ms = backOffMs(restart, timing.crashLoopBackOffMaxMs)
  if (ms === 0) return []
  const overMs = Math.max(retryMs, Math.min(ms, resyncMs) / 2)
  return [
    period(`back-off before restart ${restart}`, [0, ms], timingSources.crashLoopBackOffMaxMs),
    period('the kubelet looks at the pod again', [0, overMs], 'kubernetes/pkg/kubelet/pod_workers.go'),
  ]
}
