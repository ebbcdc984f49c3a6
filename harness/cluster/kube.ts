import type {
  KubernetesObject,
  V1CronJob,
  V1Deployment,
  V1EndpointSlice,
  V1Job,
  V1Node,
  V1Pod,
  V1PodDisruptionBudget,
  V1ReplicaSet,
  V1Service,
} from '@kubernetes/client-node'

/** An object as the API server's JSON has it: times are text, not Dates. */
export type Json<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Json<T[K]> } : T

export type KubeObject = Json<KubernetesObject>
export type PodObject = Json<V1Pod>
export type NodeObject = Json<V1Node>
export type ServiceObject = Json<V1Service>
export type DeploymentObject = Json<V1Deployment>
export type ReplicaSetObject = Json<V1ReplicaSet>
export type PodDisruptionBudgetObject = Json<V1PodDisruptionBudget>
export type CronJobObject = Json<V1CronJob>
export type JobObject = Json<V1Job>
export type EndpointSliceObject = Json<V1EndpointSlice>

/** Names one object. */
export interface ObjectRef {
  apiVersion: string
  kind: string
  name: string
  namespace?: string
}

/** Names many objects. */
export interface ListRef {
  apiVersion: string
  kind: string
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
}

export interface ObjectList<T extends KubeObject = KubeObject> {
  items: T[]
  /** Where a watch goes on from. */
  resourceVersion: string
}

export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject }
  | { type: 'BOOKMARK'; resourceVersion: string }

/** Why a watch came to its end: the server's own time limit, a version too old to go on from, or anything else. */
export type WatchEnd = { why: 'closed' } | { why: 'expired' } | { why: 'failed'; error: unknown }

/** What the API server says to an eviction. */
export type EvictionAnswer =
  | { is: 'evicted' }
  /** There is no such pod. */
  | { is: 'gone' }
  /** A PodDisruptionBudget forbids it for now; `why` is its own sentence. */
  | { is: 'refused'; why: string }

export interface ExecResult {
  stdout: string
  stderr: string
  exitCode: number
}

/**
 * The Kubernetes API, as far as rolypoly needs it. Every method but `watch` and `followLogs` retries what is
 * transient (the network, 429, 502-504) for half a minute; what the server refuses is thrown as a {@link KubeError}.
 */
export interface Kube {
  /** Server-side apply, with strict field validation: an unknown field is refused, not dropped. */
  apply<T extends KubeObject>(object: T, options?: { dryRun?: boolean }): Promise<T>
  create<T extends KubeObject>(object: T): Promise<T>
  /** The object, or undefined where there is none. */
  get<T extends KubeObject>(ref: ObjectRef): Promise<T | undefined>
  list<T extends KubeObject>(ref: ListRef): Promise<ObjectList<T>>
  /** One watch, without bookmarks shown as objects; resolves with the reason when it ends, never throws. */
  watch(
    ref: ListRef,
    resourceVersion: string,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<WatchEnd>
  /** A JSON merge patch. */
  patch<T extends KubeObject>(ref: ObjectRef, patch: object): Promise<T>
  /** Deletes; true where there was something to delete. With `uid`, only the object of that UID. */
  delete(ref: ObjectRef, options?: { gracePeriodSeconds?: number; uid?: string }): Promise<boolean>
  /**
   * Evicts a pod, which asks its PodDisruptionBudget: a refusal by one is an answer, and is not asked for again.
   * https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
   */
  evict(
    pod: { namespace: string; name: string },
    options?: { gracePeriodSeconds?: number; uid?: string },
  ): Promise<EvictionAnswer>
  /** Runs a command in a container that ends soon: within 20 s, that is, or it is given up. */
  exec(pod: PodRef, command: string[]): Promise<ExecResult>
  /**
   * The log so far; with `previous`, that of the container's last incarnation; with `timestamps`, each line behind the
   * time of its writing, as RFC 3339 has it, and a space.
   */
  logs(
    pod: PodRef,
    options?: { previous?: boolean; tailLines?: number; timestamps?: boolean },
  ): Promise<string>
  /** Follows a container's log from its first line; resolves when the log or the signal ends. */
  followLogs(
    pod: PodRef,
    onLine: (line: string) => void,
    signal: AbortSignal,
    options?: { timestamps?: boolean },
  ): Promise<void>
  /** Whether objects of this kind live in namespaces; undefined where the cluster has no such kind. */
  isNamespaced(apiVersion: string, kind: string): Promise<boolean | undefined>
  /** Any GET below the API server's root, as text. */
  raw(path: string): Promise<string>
}

export interface PodRef {
  namespace: string
  name: string
  container: string
}

/** `apps/v1/Deployment/namespace/name`, the way every message names an object. */
export function nameOf(object: KubeObject | ObjectRef): string {
  const { namespace, name } = 'metadata' in object ? (object.metadata ?? {}) : (object as ObjectRef)
  return [object.apiVersion, object.kind, namespace, name].filter(Boolean).join('/')
}

/** The name of an object, as a reference. */
export function refOf(object: KubeObject): ObjectRef {
  const { apiVersion = 'v1', kind = '', metadata } = object
  return {
    apiVersion,
    kind,
    name: metadata?.name ?? '',
    ...(metadata?.namespace && { namespace: metadata.namespace }),
  }
}
