import type { LabelSelector } from './label-selector.ts'

/** A pod's existence, from the first sight of its object to its deletion. */
export interface PodDetail {
  name: string
  labels: Record<string, string>
  ownerKind: string | null
  ownerName: string | null
  ownerUid: string | null
  node: string | null
  ip: string | null
}

export interface ContainerDetail {
  container: string
  containerID: string
  /** The kubelet's count for this container of this pod when the incarnation was first seen. */
  restartCount: number
}

export interface TerminationDetail {
  container: string
  containerID: string
  exitCode: number
  /** The kubelet's own word: `Completed`, `Error`, `OOMKilled`, ... */
  reason: string
  /** The server's times, whole seconds. */
  startedAt: string | null
  finishedAt: string | null
}

export interface SignalDetail {
  container: string
  containerID: string
  /** `SIGTERM`, `SIGQUIT`, ...; `SIGKILL` at the end of the grace period. */
  signal: string
}

export interface EndpointDetail {
  /** What the Service is called: its name, and as `neighbour/web` in another namespace than the scenario's own. */
  service: string
  slice: string
  address: string
  pod: string
}

/** What a PodDisruptionBudget's status says, once it has been counted for its spec. */
export interface BudgetDetail {
  name: string
  namespace: string
  selector: LabelSelector | null
  /** So many of its pods have to be healthy: ready, and not on their way out. */
  desired: number
  healthy: number
  expected: number
  /** So many more may be evicted. */
  allowed: number
}

interface DetailOf {
  /** The pod's object exists. */
  pod: PodDetail
  /** The pod has a deletionTimestamp. */
  'pod-terminating': { gracePeriodSeconds: number }
  /** The pod's condition DisruptionTarget: why it is taken away, as `EvictionByEvictionAPI`. */
  'pod-disrupted': { reason: string }
  /** An eviction of the pod has been answered; a point in time. */
  eviction: { refused: boolean; budget: string | null; why: string | null }
  /** The pod has other labels than before; a point in time. */
  'pod-relabelled': { labels: Record<string, string> }
  /** The controller that it had has let it go; a point in time. */
  'pod-released': { ownerKind: string | null; ownerName: string | null; ownerUid: string }
  /** The pod is in this phase. */
  'pod-phase': { phase: string; reason: string | null }
  /** The pod's condition Ready is True. */
  'pod-ready': { pod: string }
  'container-waiting': { container: string; reason: string; message: string }
  /** One incarnation of a container runs. */
  'container-running': ContainerDetail
  /** One incarnation has ended; a point in time, at which it was first seen to have. */
  'container-terminated': TerminationDetail
  /** The runtime has sent it a signal; a point in time. */
  'container-signalled': SignalDetail
  /** Its first process has ended, by the runtime's own clock; a point in time. */
  'container-exited': { container: string; containerID: string; exitCode: number }
  /** The endpoint is listed, whatever its conditions. */
  'endpoint-listed': EndpointDetail
  'endpoint-ready': EndpointDetail
  'endpoint-serving': EndpointDetail
  'endpoint-terminating': EndpointDetail
  /** The Service, called so, exists at this address: its clusterIP, `None` where it has none, and its ports, as `80/TCP, 443/TCP`. */
  service: { name: string; clusterIP: string; ports: string }
  /** The Node object exists. */
  node: { name: string }
  'node-ready': { name: string }
  /** No pod is put there: it is cordoned. */
  'node-unschedulable': { name: string }
  /** The node is short of something, by its condition: `DiskPressure`, `MemoryPressure` or `PIDPressure`. */
  'node-pressure': { name: string; condition: string }
  'node-tainted': { name: string; key: string; value: string; effect: string }
  budget: BudgetDetail
  /** A workload has reported these counts. */
  replicas: { desired: number; current: number; updated: number; ready: number; available: number }
  /** The ReplicaSet is this revision of its Deployment's: the highest is that of the template now. */
  revision: { revision: number; name: string }
  /** How many pods a Job has, and how many of them have ended how. */
  job: { active: number; succeeded: number; failed: number }
  /** The Job is over: its condition, and why. */
  'job-ended': { how: 'Complete' | 'Failed'; reason: string }
  /** A CronJob has made this Job, for this time of its schedule; until it is deleted. The server's times, whole seconds. */
  'job-scheduled': { cronJob: string; scheduledAt: string; createdAt: string }
  /** What a Deployment's condition Progressing says. */
  progressing: { status: string; reason: string }
  /** Every replica ready and in every Service that selects it; `identity` names the incarnations that it was true of. */
  steady: { identity: string }
  /** An event of Kubernetes'; a point in time. */
  event: { reason: string; type: string; message: string; count: number; fieldPath: string | null }
  /** From the fault's injection to its revert. */
  fault: { fault: number; kind: string; target: string; landedMs: number | null; evidence: string | null }
  /** A probe that a fault has answered; a point in time. */
  'probe-failed': { fault: number; probe: string; answered: string }
  /** Something may have been missed. */
  gap: { watch: string; reason: string; unchanged?: true }
  step: { step: string }
}

export type IntervalKind = keyof DetailOf

/** A state that held from, to. `toMs` is null while it still holds. */
export type Interval<K extends IntervalKind = IntervalKind> = {
  [P in K]: {
    kind: P
    /** What it is a state of, as `Pod/namespace/name`, with `/container` behind it for a container's. */
    subject: string
    /** The subject's UID; for a container or an endpoint, that of its pod. */
    uid: string
    fromMs: number
    toMs: number | null
    detail: DetailOf[P]
  }
}[K]
