import { readFileSync } from 'node:fs'
import type { FaultRecord } from '../model/fault.ts'
import type { Interval } from '../model/interval.ts'
import type {
  EvictionObservation,
  ExitObservation,
  GapObservation,
  LogSource,
  Observation,
  ObservedObject,
  RouteObservation,
  SignalObservation,
  StepObservation,
  TrafficObservation,
  WatchedKind,
  WatchObservation,
} from '../model/observation.ts'
import type { Recording } from './recording.ts'
import { reduce } from './reduce.ts'
import { Timeline } from './timeline.ts'

/** The observations of a recording's file, in the order of their arrival. */
export function readRecording(path: string | URL): Observation[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Observation)
}

/** An interval as one line, for people to read: `1.250000 - open  pod-ready  Pod/shop/web-1 (uid)  pod=web-1`. */
export function tellInterval({ kind, subject, uid, fromMs, toMs, detail }: Interval): string {
  const seconds = (ms: number | null) => (ms === null ? 'open' : (ms / 1_000).toFixed(6))
  const details = Object.entries(detail).map(
    ([name, value]) => `${name}=${typeof value === 'object' ? pairs(value) : value}`,
  )
  return `${seconds(fromMs)} - ${seconds(toMs)}  ${kind}  ${subject} (${uid})  ${details.join(' ')}`
}

function pairs(value: object | null): string {
  if (value === null) return '-'
  const told = Object.entries(value).map(([name, inner]) => `${name}:${inner}`)
  return `{${told.join(',')}}`
}

export function timelineOf(...observations: Observation[]): Timeline {
  const timeline = new Timeline()
  for (const observation of observations) reduce(timeline, observation)
  return timeline
}

/** `from-to` of each interval, in order; `from-` while it holds. */
export function spans(intervals: Interval[]): string[] {
  return intervals.map(({ fromMs, toMs }) => `${fromMs}-${toMs ?? ''}`)
}

/**
 * A recording with a clock of its own: what is to be seen is given beforehand, and time passes only while somebody
 * waits.
 */
export class FakeRecording implements Recording {
  readonly timeline = new Timeline()
  readonly clock = {
    now: () => this.nowMs,
    epoch: () => Date.now(),
    sleep: async (ms: number) => this.passUntil(this.nowMs + ms),
  }
  private nowMs = 0
  private readonly coming: Observation[]

  constructor(...coming: Observation[]) {
    this.coming = coming
  }

  now(): number {
    return this.nowMs
  }

  record(observation: Observation): void {
    reduce(this.timeline, observation)
  }

  async waitFor<T>(look: () => T | undefined, untilMs: number, signal?: AbortSignal): Promise<T | undefined> {
    signal?.throwIfAborted()
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      if (!this.step(untilMs)) return undefined
    }
  }

  async caughtUp(): Promise<void> {}

  /** Lets time pass, and what comes in it be seen. */
  passUntil(ms: number): void {
    while (this.step(ms));
  }

  private step(untilMs: number): boolean {
    const [next] = this.coming
    if (!next || next.atMs > untilMs) {
      this.nowMs = Math.max(this.nowMs, untilMs)
      return false
    }
    this.coming.shift()
    this.nowMs = Math.max(this.nowMs, next.atMs)
    this.record(next)
    return true
  }
}

/** Stands for a stage: has what claims read of one. */
export function fakeStage(recording: Recording & { clock?: object }, ...faults: FaultRecord[]) {
  return {
    cluster: { clock: recording.clock } as never,
    namespace: 'shop',
    recording,
    journal: { begin: async () => async () => undefined },
    signal: new AbortController().signal,
    control: false,
    exclusive: false,
    helperImage: 'helper:dev',
    faults,
    traffic: [] as { service: string; settledMs(): number }[],
    followLog: (_: LogSource): void => undefined,
  }
}

export function watched(
  kind: WatchedKind,
  atMs: number,
  object: ObservedObject,
  type: WatchObservation['type'] = 'MODIFIED',
): WatchObservation {
  return { source: 'watch', atMs, kind, type, object }
}

interface Ended {
  terminated: { containerID: string; exitCode: number; reason: string }
}

/** How a container ended, as `state` or `lastState` tells it. */
export function ended(containerID: string, exitCode = 137, reason = 'Error'): Ended {
  return { terminated: { containerID, exitCode, reason } }
}

interface ContainerStatus {
  containerID?: string
  restartCount: number
  state: object
  lastState?: object
}

export function running(containerID: string, restartCount = 0, lastState?: Ended): ContainerStatus {
  return { containerID, restartCount, state: { running: {} }, ...(lastState && { lastState }) }
}

export interface PodParts {
  name?: string
  uid?: string
  /** The UID of its ReplicaSet; null for a pod of its own. */
  owner?: string | null
  labels?: Record<string, string>
  node?: string
  ip?: string
  phase?: string
  ready?: boolean
  /** It has a deletionTimestamp, with so many seconds of grace. */
  grace?: number
  /** The reason of its condition DisruptionTarget. */
  disrupted?: string
  containers?: Record<string, ContainerStatus>
  init?: Record<string, ContainerStatus>
}

/** A pod `web-1` of ReplicaSet `rs`, running and ready, unless told otherwise. */
export function pod(parts: PodParts = {}): ObservedObject {
  const { name = 'web-1', uid = name, owner = 'rs', labels = { app: 'web' }, node = 'n1', grace } = parts
  const statuses = (of: PodParts['containers']) =>
    Object.entries(of ?? {}).map(([container, status]) => ({ name: container, ...status }))
  return {
    metadata: {
      ...{ name, namespace: 'shop', uid, labels },
      ...(owner !== null && {
        ownerReferences: [{ kind: 'ReplicaSet', name: 'web', uid: owner, controller: true }],
      }),
      ...(grace !== undefined && {
        deletionTimestamp: '2026-01-01T00:00:00Z',
        deletionGracePeriodSeconds: grace,
      }),
    },
    spec: { nodeName: node },
    status: {
      phase: parts.phase ?? 'Running',
      ...(parts.ip !== undefined && { podIP: parts.ip }),
      conditions: [
        { type: 'Ready', status: (parts.ready ?? true) ? 'True' : 'False' },
        ...(parts.disrupted === undefined
          ? []
          : [{ type: 'DisruptionTarget', status: 'True', reason: parts.disrupted }]),
      ],
      containerStatuses: statuses(parts.containers ?? { app: running(`${uid}-id1`) }),
      initContainerStatuses: statuses(parts.init),
    },
  }
}

/** A Service of a port 80 over TCP, unless told otherwise. */
export function service(name: string, clusterIP: string, port = 80): ObservedObject {
  const ports = [{ port, protocol: 'TCP' }]
  return { metadata: { name, namespace: 'shop', uid: name }, spec: { clusterIP, ports } }
}

export interface EndpointParts {
  /** The pod's name, which is its UID too. */
  of: string
  ready?: boolean | null
  serving?: boolean | null
  terminating?: boolean | null
}

export function slice(name: string, endpoints: EndpointParts[] | null, service = 'web'): ObservedObject {
  const labels = { 'kubernetes.io/service-name': service }
  return {
    metadata: { name, namespace: 'shop', uid: name, labels },
    endpoints: endpoints?.map(({ of, ...conditions }) => ({
      addresses: [`ip of ${of}`],
      conditions,
      targetRef: { kind: 'Pod', name: of, uid: of },
    })),
  }
}

/** A Deployment or ReplicaSet with all its replicas up, unless told otherwise. */
export function replicated(uid: string, desired: number, up = desired, owner?: string): ObservedObject {
  return {
    metadata: {
      ...{ name: 'web', namespace: 'shop', uid },
      ...(owner !== undefined && { ownerReferences: [{ uid: owner, controller: true }] }),
    },
    spec: { replicas: desired },
    status: { replicas: desired, updatedReplicas: desired, readyReplicas: up, availableReplicas: up },
  }
}

/** A ReplicaSet of Deployment `d`, with its revision, and without pods unless told otherwise. */
export function replicaSet(name: string, revision: number, desired = 0, up = desired): ObservedObject {
  const { metadata, ...rest } = replicated(name, desired, up, 'd')
  const annotations = { 'deployment.kubernetes.io/revision': String(revision) }
  return { ...rest, metadata: { ...metadata, name, annotations } }
}

/** A PodDisruptionBudget `web` of the pods labelled `app: web`, counted, with room for one of three unless told otherwise. */
export function budget(
  parts: { uid?: string; desired?: number; healthy?: number; expected?: number; observed?: number } = {},
): ObservedObject {
  const { uid = 'budget', desired = 2, healthy = 3, expected = 3, observed = 1 } = parts
  return {
    metadata: { name: 'web', namespace: 'shop', uid, generation: 1 },
    spec: { minAvailable: desired, selector: { matchLabels: { app: 'web' } } },
    status: {
      ...{ observedGeneration: observed, desiredHealthy: desired, currentHealthy: healthy },
      ...{ expectedPods: expected, disruptionsAllowed: Math.max(0, healthy - desired) },
    },
  }
}

/** A point in a scenario that the test gives a name. */
export function step(atMs: number, name: string): StepObservation {
  return { source: 'step', atMs, untilMs: atMs, step: name }
}

/** A stretch of time of which something was not seen. */
export function gap(fromMs: number, atMs: number, watch: GapObservation['watch'] = 'Pod'): GapObservation {
  return { source: 'gap', fromMs, atMs, watch, reason: 'the resourceVersion had expired' }
}

/** An eviction of a pod, which is named as its UID, was answered. */
export function eviction(atMs: number, pod: string, refused = false): EvictionObservation {
  return {
    ...{ source: 'eviction', atMs, podUid: pod, subject: `Pod/shop/${pod}`, refused },
    ...(refused && { budget: 'web', why: 'The disruption budget web needs 2 healthy pods' }),
  }
}

export type RequestParts = Partial<Omit<TrafficObservation, 'source' | 'atMs'>>

/** A request to Service `web` that was refused within a millisecond; over a reused connection where its pod is known. */
export function lostRequest(atMs: number, parts: RequestParts = {}): TrafficObservation {
  const connection = parts.pod === undefined ? 'new' : 'reused'
  return { source: 'traffic', atMs, service: 'web', seq: 0, connection, tookMs: 1, lost: 'refused', ...parts }
}

/** A request to Service `web` over a new connection that was answered within 10 ms. */
export function answeredRequest(atMs: number, parts: RequestParts = {}): TrafficObservation {
  return {
    ...{ source: 'traffic', atMs, service: 'web', seq: 0, connection: 'new', tookMs: 10, status: 200 },
    ...parts,
  }
}

/** The prober's connection of that port was sent on to that pod IP. */
export function route(atMs: number, port: number, address: string, service = 'web'): RouteObservation {
  return { source: 'route', atMs, service, port, address }
}

/** A container of a pod, which is named as its UID: `app` and its first incarnation, unless told otherwise. */
function containerOf(pod: string, { container = 'app', containerID = `${pod}-id1` }: ContainerParts) {
  return { podUid: pod, subject: `Pod/shop/${pod}/${container}`, container, containerID }
}

interface ContainerParts {
  container?: string
  containerID?: string
}

/** The runtime sent it a signal. */
export function signalled(
  atMs: number,
  pod: string,
  signal = 'SIGTERM',
  of: ContainerParts = {},
): SignalObservation {
  return { source: 'signal', atMs, ...containerOf(pod, of), signal }
}

/** The runtime saw it end. */
export function exited(atMs: number, pod: string, exitCode = 0, of: ContainerParts = {}): ExitObservation {
  return { source: 'exit', atMs, ...containerOf(pod, of), exitCode }
}
