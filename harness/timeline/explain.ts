import type { Interval } from '../model/interval.ts'
import type { Loss } from '../model/result.ts'
import { type End, fateOf, sameTimeMs } from './attribution.ts'
import type { Timeline } from './timeline.ts'

/** One reason for requests to be lost, told as a sentence. */
export interface Explanation {
  /** The pod's name, where one was asked. */
  pod?: string
  lost: number
  text: string
}

/** The ways in which a request is lost. */
type Way =
  /** The pod answered, with a status that is no success. */
  | 'bad answer'
  /** The connection was there when the container ended, and ended with it. */
  | 'ended with it'
  /** It was sent to a container that had ended. */
  | 'sent after its end'
  /** The pod took no new connections any more. */
  | 'stopped listening'
  /** The pod closed a connection that a request was on. */
  | 'cut'
  | 'node lost'
  /** The Service had nowhere to send it. */
  | 'no endpoint'
  | 'unknown'

/** Why requests were lost: one sentence for each pod and way of losing them, the most first. */
export function explain(timeline: Timeline, losses: Loss[]): Explanation[] {
  const groups = Map.groupBy(losses, (loss) => `${wayOf(timeline, loss)} ${loss.pod ?? ''}`)
  return [...groups.values()].map((group) => sentence(timeline, group)).sort((a, b) => b.lost - a.lost)
}

export function wayOf(timeline: Timeline, loss: Loss): Way {
  const { reason, pod, connection, sinceSignalMs, sinceEndMs, tookMs = 0 } = loss
  if (reason === 'status') return 'bad answer'
  if (pod === undefined) return connection === 'new' && timeline.traffic.isRouted ? 'no endpoint' : 'unknown'
  if (fateOfLoss(timeline, loss)?.nodeLost && sinceEndMs !== undefined && sinceEndMs >= 0) return 'node lost'
  if (sinceEndMs !== undefined && sinceEndMs >= -sameTimeMs) {
    const neverConnected = connection === 'new' && (reason === 'refused' || reason === 'unreachable')
    return neverConnected || sinceEndMs - tookMs > sameTimeMs ? 'sent after its end' : 'ended with it'
  }
  if (sinceSignalMs === undefined || sinceSignalMs < -sameTimeMs) return 'unknown'
  // A listener that is closed resets what waited to be accepted.
  return connection === 'new' && reason !== 'timeout' ? 'stopped listening' : 'cut'
}

function fateOfLoss(timeline: Timeline, { pod: name, atMs, tookMs = 0 }: Loss) {
  const pod = timeline.of('pod').find(({ detail }) => detail.name === name)
  return pod && { pod, ...fateOf(timeline, pod, atMs + tookMs) }
}

function sentence(timeline: Timeline, group: Loss[]): Explanation {
  const [first] = group
  const lost = group.length
  if (!first) return { lost, text: '' }
  const { pod } = first
  const text = `${countsOf(group)}${tellWay(timeline, first, group)}`
  return { ...(pod !== undefined && { pod }), lost, text }
}

function tellWay(timeline: Timeline, first: Loss, group: Loss[]): string {
  const pod = first.pod ?? ''
  const fate = fateOfLoss(timeline, first)
  const signal = fate?.signal?.detail.signal
  const sinceSignal = range(group.map(({ sinceSignalMs }) => sinceSignalMs))
  const sinceEnd = range(group.map(({ sinceEndMs }) => sinceEndMs))
  const afterSignal = signal && sinceSignal ? `, ${sinceSignal} after ${signal}` : ''
  const routed = routedWords(timeline)
  const end = endWords(fate?.end)
  switch (wayOf(timeline, first)) {
    case 'bad answer':
      return `: ${pod || 'the app'} answered them, with a status that is no success`
    case 'stopped listening':
      return `${afterSignal} of ${pod}${routed}: the app stopped listening before its endpoint was gone; ${coverWords(group)}`
    case 'sent after its end':
      return signal
        ? `, ${sinceEnd} after ${pod} had ended${end}${routed}: the app ended before its endpoint was gone; ${coverWords(group)}`
        : `, ${sinceEnd} after ${pod} had ended${end}${routed}: it was killed outright, and until its endpoint is gone its share of the requests is lost`
    case 'ended with it':
      return `, when ${pod} ended${end}${afterSignal}: ${whyCut(timeline, fate?.pod, first)}`
    case 'cut':
      return `${afterSignal} of ${pod}: the app closed connections that requests were on`
    case 'node lost':
      return `, ${sinceEnd} after the node of ${pod} was lost${routed}: nothing tells the Service until the node's silence is believed`
    case 'no endpoint':
      return ': the Service had no endpoint that it could send them to'
    case 'unknown':
      return pod
        ? `, of ${pod}: nothing that was seen to happen to it tells why`
        : ': which pod they were for is not known'
  }
}

/** `7 requests lost on new connections (refused)`, by connection and reason. */
function countsOf(group: Loss[]): string {
  const kinds = Map.groupBy(group, ({ connection, reason }) => `${connection} connections (${reason})`)
  const told = [...kinds].map(([kind, { length }]) => `${length} on ${kind}`)
  const requests = group.length === 1 ? 'request' : 'requests'
  const [kind] = kinds.keys()
  if (kinds.size === 1 && kind) return `${group.length} ${requests} lost on ${kind}`
  return `${group.length} ${requests} lost: ${told.join(', ')}`
}

/** Where the prober's node is known, it is its kube-proxy that still had the pod among the Service's. */
function routedWords(timeline: Timeline): string {
  const prober = timeline.of('pod').find(({ detail }) => detail.labels['rolypoly.dev/role'] === 'prober')
  return prober?.detail.node && timeline.traffic.isRouted
    ? `, while node ${prober.detail.node} still routed to it`
    : ''
}

function endWords(end: End | undefined): string {
  return end ? ` (exit code ${end.detail.exitCode})` : ''
}

function whyCut(timeline: Timeline, pod: Interval<'pod'> | undefined, loss: Loss): string {
  const killed =
    pod && timeline.of('container-signalled', pod.uid).some(({ detail }) => detail.signal === 'SIGKILL')
  const grace = pod && timeline.of('pod-terminating', pod.uid)[0]?.detail.gracePeriodSeconds
  if (loss.sinceSignalMs === undefined) return 'it was killed outright, with requests on its connections'
  if (killed) {
    return `it did not end by itself within its grace period${grace === undefined ? '' : ` of ${grace} s`}: an app that is told to stop has to close its connections too`
  }
  return 'it ended without finishing what was on its connections'
}

function coverWords(group: Loss[]): string {
  const worstMs = Math.max(...group.map(({ sinceSignalMs = 0 }) => sinceSignalMs))
  return `a preStop sleep of ${Math.max(1, Math.ceil(worstMs / 1_000))} s would have covered it`
}

/** `0.1–0.9 s`, of the times that are known. */
function range(times: (number | undefined)[]): string {
  const known = times.filter((ms) => ms !== undefined)
  if (known.length === 0) return ''
  const told = (ms: number) => (Math.max(0, ms) / 1_000).toFixed(1)
  const [from, to] = [told(Math.min(...known)), told(Math.max(...known))]
  return from === to ? `${from} s` : `${from}–${to} s`
}
