import { counted } from '../model/counted.ts'
import { formatMs } from '../model/duration.ts'
import { isGraceSpent } from '../model/grace.ts'
import { roleLabel } from '../model/limits.ts'
import { whoEnded } from './shutdown.ts'
import type { Timeline } from './timeline.ts'
import type { Asked } from './traffic.ts'
import { answersOf, deletionOf, type Lost, lostBy, startOf, wasReadySince } from './ways.ts'

/** One reason for requests to be lost, told as a sentence. */
export interface Explanation {
  /** The pod's name, where one was asked. */
  pod?: string
  lost: number
  text: string
}

/** Why requests were lost: one sentence for each pod and way of losing them, the most first. */
export function explain(timeline: Timeline, losses: Asked[]): Explanation[] {
  const answers = answersOf(timeline)
  const lost = losses.map((asked) => lostBy(timeline, asked, answers))
  const groups = Map.groupBy(lost, ({ way, fate }) => `${way} ${fate?.pod.uid ?? ''}`)
  return [...groups.values()]
    .flatMap(([first, ...more]) => (first ? sentence(timeline, first, [first, ...more]) : []))
    .sort((a, b) => b.lost - a.lost)
}

function sentence(timeline: Timeline, first: Lost, group: Lost[]): Explanation {
  const name = first.fate?.pod.detail.name
  const text = `${countsOf(group)}${name === undefined ? tellOfNobody(first) : tellOf(timeline, name, first, group)}`
  return { ...(name !== undefined && { pod: name }), lost: group.length, text }
}

function tellOfNobody({ way }: Lost): string {
  if (way === 'bad answer') return ': the answer was no success (2xx or 3xx)'
  if (way === 'no endpoint') return ': the Service had no endpoint that it could send requests to'
  return ': which pod was asked is not known'
}

function tellOf(timeline: Timeline, name: string, first: Lost, group: Lost[]): string {
  const { way, fate, stop } = first
  const sinceStop = range(group.map(({ asked, stop }) => asked.endMs - (stop?.atMs ?? asked.endMs)))
  const sinceEnd = range(group.map(({ asked, fate }) => asked.endMs - (fate?.endedMs ?? asked.endMs)))
  const afterStop = stop ? `, ${sinceStop} after ${stop.by}` : ''
  const routed = routedWords(timeline, group)
  const code = fate?.end ? ` (exit code ${fate.end.detail.exitCode})` : ''
  switch (way) {
    case 'bad answer':
      return `: ${name} answered, but with no success (2xx or 3xx)`
    case 'stopped listening':
      return `${afterStop} of ${name}${routed}: the app stopped listening before its endpoint was gone; ${coverWords(timeline, group)}`
    case 'sent after its end':
      return `, ${sinceEnd} after ${name} had ended${code}${routed}: ${whyEnded(timeline, first, group)}`
    case 'ended with it':
      return `, when ${name} ended${code}${afterStop}: ${whyUnfinished(timeline, first, group)}`
    case 'cut':
      return `${afterStop} of ${name}: ${whyCut(group)}`
    case 'closing':
      return `${afterStop} of ${name}: the app closed connections that requests were just being sent on`
    case 'unanswered':
      return `${afterStop} of ${name}: the app no longer answered`
    case 'not ready yet':
      return `: ${name} was not ready yet, and its Service sends requests to pods that are not (publishNotReadyAddresses)`
    case 'not listening yet':
      return `, ${sinceStart(timeline, group)} after a container of ${name} was started${routed}: ${whyUnheard(timeline, first)}`
    case 'frozen':
      return `${routed}: ${name} was frozen: connections to it were taken, and nobody answered`
    case 'node lost':
      return `, ${sinceEnd} after the node of ${name} was lost${routed}: the Service learns of it only when the node has been silent for its grace period`
    default:
      return `: nothing that was seen of ${name} tells why`
  }
}

/** `7 requests lost on new connections (refused)`, by connection and reason. */
function countsOf(group: Lost[]): string {
  const kinds = Map.groupBy(group, ({ asked }) => `${asked.connection} (${asked.lost})`)
  const [first] = kinds.values()
  const requests = counted(group.length, 'request')
  if (kinds.size === 1 && first) return `${requests} lost on ${connectionsOf(first)}`
  return `${requests} lost: ${[...kinds.values()].map((kind) => `${kind.length} on ${connectionsOf(kind)}`).join(', ')}`
}

function connectionsOf(kind: Lost[]): string {
  const { connection, lost } = kind[0]?.asked ?? {}
  return kind.length === 1 ? `a ${connection} connection (${lost})` : `${connection} connections (${lost})`
}

/** Where the prober's node is known, it is its kube-proxy that still had the pod among the Service's. */
function routedWords(timeline: Timeline, group: Lost[]): string {
  const isRouted = group.some(({ asked, fate }) => asked.connection === 'new' && fate?.by === 'route')
  const prober = timeline.of('pod').find(({ detail }) => detail.labels[roleLabel] === 'prober')
  return isRouted && prober?.detail.node ? `, while node ${prober.detail.node} still routed to it` : ''
}

/** Why a pod had ended while requests were still sent to it. */
function whyEnded(timeline: Timeline, lost: Lost, group: Lost[]): string {
  const who = endedBy(timeline, lost)
  if (who === 'SIGKILL') return `${killedWords(timeline, lost)}, and was killed before its endpoint was gone`
  if (who === 'itself') return `the app ended before its endpoint was gone; ${coverWords(timeline, group)}`
  return `it ${howEnded(timeline, lost.fate)}, and until its endpoint is gone its share of the requests is lost`
}

function whyCut(group: Lost[]): string {
  return `the app closed connections that requests were on${queuedWords(group)}`
}

/** A connection that waits in the queue of a socket is established for its client, and reset when the socket is closed. */
function queuedWords(group: Lost[]): string {
  const isNew = group.every(({ asked }) => asked.connection === 'new')
  return isNew ? ', or stopped listening before it had accepted them' : ''
}

/** Why a pod ended without an answer to the requests that it had. */
function whyUnfinished(timeline: Timeline, lost: Lost, group: Lost[]): string {
  const who = endedBy(timeline, lost)
  if (who === 'SIGKILL') {
    return `${killedWords(timeline, lost)}: an app that is told to stop has to close its connections too`
  }
  if (who === 'itself') return `it ended without finishing what was on its connections${queuedWords(group)}`
  return `it ${howEnded(timeline, lost.fate)}, with requests on its connections`
}

/** An end that nobody asked for. */
function howEnded(timeline: Timeline, fate: Lost['fate']): string {
  const end = fate?.end
  if (!end) return 'was killed outright'
  const told = timeline
    .of('container-terminated', fate.pod.uid)
    .find(({ detail }) => detail.containerID === end.detail.containerID)
  if (told?.detail.reason === 'OOMKilled') return 'was killed for its memory (OOMKilled)'
  return end.detail.exitCode === 137 ? 'was killed outright' : 'ended by itself, without being told to stop'
}

/** How long after the start of their container the requests were sent. */
function sinceStart(timeline: Timeline, group: Lost[]): string {
  return range(group.map(({ asked: { sentMs }, fate }) => sentMs - startedBy(timeline, fate, sentMs)))
}

/** Why a pod was asked before it listened. */
function whyUnheard(timeline: Timeline, { asked: { sentMs }, fate }: Lost): string {
  const wasReady = fate && wasReadySince(timeline, fate.pod, startedBy(timeline, fate, sentMs), sentMs)
  const why = wasReady
    ? 'its pod was ready all the same; a readiness probe that asks it would have kept requests away'
    : 'its endpoint was still there'
  return `the app did not listen yet, and ${why}`
}

function startedBy(timeline: Timeline, fate: Lost['fate'], sentMs: number): number {
  return (fate && startOf(timeline, fate.pod, sentMs)) ?? sentMs
}

/** Who ended a pod that was told to stop; undefined where it was not, and where something else came in between. */
function endedBy(timeline: Timeline, { fate, stop }: Lost): 'itself' | 'SIGKILL' | undefined {
  if (!stop) return undefined
  return fate?.end ? whoEnded(timeline, fate.end, stop.atMs, graceMsOf(timeline, fate.pod)) : 'itself'
}

/** `it did not end by itself within its grace period of 30 s`, where it was given that long. */
function killedWords(timeline: Timeline, { fate, stop }: Lost): string {
  const self = 'it did not end by itself'
  const deletion = fate && deletionOf(timeline, fate.pod)
  if (!fate?.end || !stop || !deletion) return `${self} within its grace period`
  const graceMs = graceMsOf(timeline, fate.pod)
  const givenMs = fate.end.fromMs - Math.min(deletion.fromMs, stop.atMs)
  if (!isGraceSpent(graceMs - givenMs)) return `${self} in the ${formatMs(givenMs)} that it was given`
  return `${self} within its grace period of ${graceMs / 1_000} s`
}

function graceMsOf(timeline: Timeline, pod: NonNullable<Lost['fate']>['pod']): number {
  return (deletionOf(timeline, pod)?.detail.gracePeriodSeconds ?? Number.POSITIVE_INFINITY) * 1_000
}

/** A deletion is told of by a watch, the signal that follows it by the node's own clock: it may seem to come before. */
const watchLagMs = 1_500
/** A preStop hook that takes any time takes a second or so; without one, the signal comes sooner than this. */
const hookMs = 800

/** How long the app would have had to go on, or why that would have been of no use. */
function coverWords(timeline: Timeline, group: Lost[]): string {
  const [first] = group
  const pod = first?.fate?.pod
  const stopMs = first?.stop?.atMs ?? 0
  const deleted = pod && deletionOf(timeline, pod)
  if (!deleted || deleted.fromMs > stopMs + watchLagMs) {
    const wasGone = typeof pod?.toMs === 'number' && pod.toMs <= stopMs + watchLagMs
    if (wasGone) return 'its pod was deleted by force, which waits for no app to stop'
    return 'no preStop covers that, for the endpoint of a container that is restarted in place stays until it has ended'
  }
  const worstMs = Math.max(...group.map(({ asked, stop }) => asked.sentMs - (stop?.atMs ?? asked.sentMs)))
  const seconds = Math.max(1, Math.ceil(worstMs / 1_000))
  const hook =
    stopMs - deleted.fromMs < hookMs
      ? `a preStop sleep of ${seconds} s`
      : `a preStop hook that takes ${seconds} s longer`
  const isTooLong = stopMs - deleted.fromMs + seconds * 1_000 > deleted.detail.gracePeriodSeconds * 1_000
  return `${hook}${isTooLong ? ', and a grace period that has room for it,' : ''} would have covered it`
}

/** `0.1–0.9 s` */
function range(times: number[]): string {
  const told = (ms: number) => (Math.max(0, ms) / 1_000).toFixed(1)
  const [from, to] = [told(Math.min(...times)), told(Math.max(...times))]
  return from === to ? `${from} s` : `${from}–${to} s`
}
