import type { Interval } from '../model/interval.ts'
import type { Loss } from '../model/result.ts'
import { holdsAt } from './spans.ts'
import type { Timeline } from './timeline.ts'
import type { Asked } from './traffic.ts'

/** The pod that a request was for, and how that is known; undefined where no pod was asked, or nobody can tell. */
export function podOf(
  timeline: Timeline,
  { address, pod, sentMs, ageMs = 0 }: Asked,
): { pod: Interval<'pod'>; by: 'route' | 'answer' } | undefined {
  // A kept connection stays that of the pod that it was opened to, whoever has its IP or its name since.
  const openedMs = sentMs - ageMs
  if (address !== undefined) {
    const routed = timeline.podAt(address, openedMs)
    if (routed) return { pod: routed, by: 'route' }
  }
  const named = timeline.of('pod').filter(({ detail }) => detail.name === pod)
  const then = named.find(({ toMs }) => toMs === null || toMs > openedMs) ?? named.at(-1)
  return then && { pod: then, by: 'answer' }
}

/** A container's end: by the runtime's own clock where that is known, for the pod's status tells of it later. */
export type End = Interval<'container-exited'> | Interval<'container-terminated'>

/** Each container's end, once. */
export function endsOf(timeline: Timeline, uid: string): End[] {
  const exited = timeline.of('container-exited', uid)
  const told = timeline
    .of('container-terminated', uid)
    .filter(({ detail }) => !exited.some((exit) => exit.detail.containerID === detail.containerID))
  return [...exited, ...told].sort((a, b) => a.fromMs - b.fromMs)
}

/** Times of two clocks that are rounded differently are the same within this. */
export const sameTimeMs = 20

/** What had befallen the pod of a request by the time that it failed, or befell it next. */
export interface Fate {
  pod: Interval<'pod'>
  by: 'route' | 'answer'
  /** Its stop signal. */
  signal?: Interval<'container-signalled'>
  /** Its container's end. */
  end?: End
  /** The fault that its container was frozen by. */
  frozen?: Interval<'fault'>
  /** The fault that its node was lost by. */
  nodeLost?: Interval<'fault'>
  /** When it ended, in whichever of these ways, or its object was gone. */
  endedMs?: number
  /** When the runtime killed it: from then on it is dying, and its exit is seen a little later. */
  killedMs?: number
}

/** The fate of the pod that a request was for. What it had recovered from before the request was sent is no part of it. */
export function fateOf(timeline: Timeline, asked: Asked): Fate | undefined {
  const known = podOf(timeline, asked)
  if (!known) return undefined
  const { uid, toMs, detail: pod } = known.pod
  const { sentMs, endMs } = asked
  const all = endsOf(timeline, uid)
  const over = all.filter((end) => hasRecovered(timeline, end, sentMs))
  const ends = all.filter((end) => !isAmong(over, end))
  const sent = timeline
    .of('container-signalled', uid)
    .filter((signal) => !isAmong(over, signal))
    .sort((a, b) => a.fromMs - b.fromMs)
  const signals = sent.filter(({ detail }) => detail.signal !== 'SIGKILL')
  const [signal] = signals
  const told = signals.filter(({ fromMs }) => fromMs <= endMs + sameTimeMs)
  // Of several containers that were told to stop, any may be the one that serves: the pod ends with the last of them.
  const end = told.length > 0 ? ends.findLast((one) => isAmong(told, one)) : lastBy(ends, endMs)
  const nodeLost = timeline
    .of('fault')
    .filter(({ subject, detail }) => subject === `Node/${pod.node}` && cutsOff.has(detail.kind))
    .findLast((fault) => fault.fromMs <= endMs && (fault.toMs === null || fault.toMs >= sentMs))
  const frozen = timeline
    .of('fault')
    .filter(({ subject, detail }) => detail.kind === freezes && subject.startsWith(`${known.pod.subject}/`))
    .findLast(
      (fault) =>
        fault.fromMs <= endMs &&
        (fault.toMs === null || fault.toMs >= sentMs) &&
        // What is started anew is not frozen.
        !all.some((end) => end.fromMs > fault.fromMs && end.fromMs <= sentMs),
    )
  const isNodeFirst = nodeLost && (!end || end.fromMs >= nodeLost.fromMs)
  const endedMs = isNodeFirst ? nodeLost.fromMs : (end?.fromMs ?? toMs ?? undefined)
  const killed = end && sent.find((one) => one.detail.signal === 'SIGKILL' && isAmong([end], one))
  return {
    ...known,
    ...(signal && { signal }),
    ...(frozen && { frozen }),
    ...(isNodeFirst ? { nodeLost } : end && { end }),
    ...(endedMs !== undefined && { endedMs }),
    ...(killed && !isNodeFirst && { killedMs: killed.fromMs }),
  }
}

/** The faults that take a node off the network: without its Node object or its kubelet, its pods go on serving. */
const cutsOff: ReadonlySet<string> = new Set(['stopNode', 'pauseNode'])

const freezes = 'freezeContainer'

interface OfContainer {
  fromMs: number
  detail: { containerID: string }
}

function isAmong(some: OfContainer[], { detail }: OfContainer): boolean {
  return some.some((one) => one.detail.containerID === detail.containerID)
}

/** By then the container ran again, or the pod was ready again; an init container's end comes before its pod is ready. */
function hasRecovered(timeline: Timeline, { uid, fromMs, detail }: End, byMs: number): boolean {
  const isAfter = (one: { fromMs: number }) => one.fromMs >= fromMs && one.fromMs <= byMs
  const ranAgain = timeline
    .of('container-running', uid)
    .some(
      (ran) =>
        ran.detail.container === detail.container &&
        ran.detail.containerID !== detail.containerID &&
        isAfter(ran),
    )
  return ranAgain || timeline.of('pod-ready', uid).some(isAfter)
}

/** The last that was by then, or the first that came after it. */
function lastBy<I extends { fromMs: number }>(intervals: I[], ms: number): I | undefined {
  return intervals.findLast(({ fromMs }) => fromMs <= ms + sameTimeMs) ?? intervals[0]
}

type EndpointState = NonNullable<Loss['endpointState']>

/** What the EndpointSlices said of a pod at that time, as an endpoint of this Service. */
export function endpointStateAt(
  timeline: Timeline,
  uid: string,
  service: string,
  atMs: number,
): EndpointState {
  const holds = (kind: 'endpoint-ready' | 'endpoint-terminating' | 'endpoint-listed') =>
    timeline.of(kind, uid).some((endpoint) => endpoint.detail.service === service && holdsAt(endpoint, atMs))
  if (holds('endpoint-ready')) return 'ready'
  if (holds('endpoint-terminating')) return 'terminating'
  return holds('endpoint-listed') ? 'not ready' : 'gone'
}

/** A lost request, joined to the pod that it was for, its endpoint's state, and what had befallen it. */
export function attribute(timeline: Timeline, lost: Asked): Loss {
  const { service, sentMs, endMs, connection, ageMs, lost: reason = '' } = lost
  const head = {
    ...{ atMs: sentMs, tookMs: endMs - sentMs, reason, endpoint: service, connection },
    ...(ageMs !== undefined && { connectionAgeMs: ageMs }),
  }
  const fate = fateOf(timeline, lost)
  if (!fate) return head
  const { pod, by, signal, endedMs } = fate
  return {
    ...head,
    ...{ pod: pod.detail.name, podKnownBy: by },
    endpointState: endpointStateAt(timeline, pod.uid, service, sentMs),
    ...(signal && { sinceSignalMs: endMs - signal.fromMs }),
    ...(endedMs !== undefined && { sinceEndMs: endMs - endedMs }),
  }
}
