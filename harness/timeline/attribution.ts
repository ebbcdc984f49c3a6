import type { Interval } from '../model/interval.ts'
import type { Loss } from '../model/result.ts'
import type { Timeline } from './timeline.ts'
import type { Asked } from './traffic.ts'

/** The pod that a request was for, and how that is known; undefined where no pod was asked, or nobody can tell. */
export function podOf(
  timeline: Timeline,
  { address, pod, sentMs }: Asked,
): { pod: Interval<'pod'>; by: 'route' | 'answer' } | undefined {
  if (address !== undefined) {
    const routed = timeline.podAt(address, sentMs)
    if (routed) return { pod: routed, by: 'route' }
  }
  const named = pod === undefined ? undefined : timeline.of('pod').find(({ detail }) => detail.name === pod)
  return named && { pod: named, by: 'answer' }
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

/** What had befallen a pod by that time, or befell it next: its stop signal, its container's end, its node's loss. */
export function fateOf(timeline: Timeline, pod: Interval<'pod'>, aboutMs: number) {
  const signals = timeline
    .of('container-signalled', pod.uid)
    .filter(({ detail }) => detail.signal !== 'SIGKILL')
  const nodeFaults = timeline
    .of('fault')
    .filter(({ subject }) => pod.detail.node !== null && subject === `Node/${pod.detail.node}`)
  const end = lastBy(endsOf(timeline, pod.uid), aboutMs)
  const nodeLost = end ? undefined : lastBy(nodeFaults, aboutMs)
  const endedMs = end?.fromMs ?? nodeLost?.fromMs ?? pod.toMs ?? undefined
  return { signal: lastBy(signals, aboutMs), end, nodeLost, endedMs }
}

/** Times of two clocks that are rounded differently are the same within this. */
export const sameTimeMs = 20

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
    timeline
      .of(kind, uid)
      .some(
        ({ fromMs, toMs, detail }) =>
          detail.service === service && fromMs <= atMs && (toMs === null || toMs > atMs),
      )
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
  const known = podOf(timeline, lost)
  if (!known) return head
  const { pod, by } = known
  const { signal, endedMs } = fateOf(timeline, pod, endMs)
  return {
    ...head,
    ...{ pod: pod.detail.name, podKnownBy: by },
    endpointState: endpointStateAt(timeline, pod.uid, service, sentMs),
    ...(signal && { sinceSignalMs: endMs - signal.fromMs }),
    ...(endedMs !== undefined && { sinceEndMs: endMs - endedMs }),
  }
}
