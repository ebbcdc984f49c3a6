import type { Interval } from '../model/interval.ts'
import { type Fate, fateOf, podOf, sameTimeMs } from './attribution.ts'
import { slowdownOfNodes } from './noise.ts'
import { holdsAt } from './spans.ts'
import type { Timeline } from './timeline.ts'
import type { Asked } from './traffic.ts'

/** The ways in which a request is lost. */
export type Way =
  /** The pod answered, with a status that is no success. */
  | 'bad answer'
  /** The connection was there when the container ended, and ended with it. */
  | 'ended with it'
  /** It was sent to a container that had ended. */
  | 'sent after its end'
  /** Told to stop, the pod took no new connections any more. */
  | 'stopped listening'
  /** Told to stop, the pod closed a connection that a request was on. */
  | 'cut'
  /** Told to stop, the pod closed a kept connection just as a request was sent on it. */
  | 'closing'
  /** Told to stop, the pod let a request wait until it timed out. */
  | 'unanswered'
  | 'node lost'
  /** Its process was stopped, and the kernel had taken the connection. */
  | 'frozen'
  /** It was sent to a pod that had never been ready. */
  | 'not ready yet'
  /** Its container had been started, and nothing listened in it yet. */
  | 'not listening yet'
  /** The Service had nowhere to send it. */
  | 'no endpoint'
  | 'unknown'

/** When a pod was told to stop, and by what: the runtime's word for its signal, or else the deletion of its object. */
export interface Stop {
  atMs: number
  by: string
}

/** A lost request, what had befallen its pod, and how the one led to the other. */
export interface Lost {
  asked: Asked
  way: Way
  fate?: Fate
  stop?: Stop
}

/** The requests that were answered, by the UID of the pod that was asked. */
export type Answers = ReadonlyMap<string | undefined, Asked[]>

export function answersOf(timeline: Timeline): Answers {
  const answered = timeline.traffic.asked.filter(({ lost }) => lost === undefined)
  return Map.groupBy(answered, (asked) => podOf(timeline, asked)?.pod.uid)
}

export function lostBy(timeline: Timeline, asked: Asked, answers: Answers): Lost {
  const fate = fateOf(timeline, asked)
  if (!fate) return { asked, way: wayOfNobody(timeline, asked) }
  const stop = stopOf(timeline, fate, asked.endMs)
  const answered = answers.get(fate.pod.uid) ?? []
  return { asked, way: wayOf(timeline, asked, fate, stop, answered), fate, ...(stop && { stop }) }
}

/** A process closes its connections as it dies; the runtime sees its exit only later, and later still on a busy machine. */
const reapedMs = 250
/** A request that is lost so soon, on a calm machine, was not being worked on: it met a connection that was just being closed. */
const onArrivalMs = 100
/** So late, on a calm machine, the prober may come to an answer that had been there. */
const readLateMs = 100

function wayOf(timeline: Timeline, asked: Asked, fate: Fate, stop: Stop | undefined, answered: Asked[]): Way {
  const { lost: reason, connection, sentMs, endMs } = asked
  if (reason === 'status') return 'bad answer'
  if (fate.nodeLost) return 'node lost'
  const { endedMs = Number.POSITIVE_INFINITY } = fate
  // What was never connected cannot have ended with anything.
  const neverConnected = connection === 'new' && (reason === 'refused' || reason === 'unreachable')
  const isClosing = stop !== undefined && isOnClosing(timeline, asked, fate, stop)
  const isDying = endMs >= (fate.killedMs ?? endedMs - (neverConnected && stop ? 0 : reapedMs))
  if (isDying && !(stop && answeredLater(timeline, asked, fate, answered))) {
    if (neverConnected || sentMs > endedMs + sameTimeMs) return 'sent after its end'
    return isClosing ? 'closing' : 'ended with it'
  }
  if (fate.frozen && reason === 'timeout') return 'frozen'
  if (!stop && !wasReadySince(timeline, fate.pod, Number.NEGATIVE_INFINITY, endMs)) return 'not ready yet'
  if (!stop) return isBeforeFirstAnswer(timeline, asked, fate.pod, answered) ? 'not listening yet' : 'unknown'
  if (reason === 'timeout') return 'unanswered'
  if (isClosing) return 'closing'
  // A listener that is closed resets what waited to be accepted.
  const isNewcomer = connection === 'new' && sentMs >= stop.atMs - sameTimeMs
  return neverConnected || isNewcomer ? 'stopped listening' : 'cut'
}

/** Whether the pod answered another request after that one was lost, and before its end: no process does that as it dies. */
function answeredLater(
  timeline: Timeline,
  { endMs }: Asked,
  { killedMs, endedMs = Number.POSITIVE_INFINITY }: Fate,
  answered: Asked[],
): boolean {
  if (killedMs !== undefined || endMs >= endedMs) return false
  const laterMs = endMs + readLateMs * slowdownOfNodes(timeline, endMs, endedMs).factor
  return answered.some((other) => other.endMs > laterMs && other.endMs < endedMs)
}

/** Whether it was refused by a pod that had answered nothing since its last start, and had not been ready or answered later. */
function isBeforeFirstAnswer(
  timeline: Timeline,
  { lost, sentMs, endMs }: Asked,
  pod: Interval<'pod'>,
  answered: Asked[],
): boolean {
  const startedMs = startOf(timeline, pod, sentMs)
  if (lost !== 'refused' || startedMs === undefined) return false
  const since = answered.filter((other) => other.endMs > startedMs)
  if (since.some((other) => other.endMs < endMs)) return false
  return since.length > 0 || !wasReadySince(timeline, pod, startedMs, sentMs)
}

/** Whether the pod was ready at any time from the one to the other. */
export function wasReadySince(
  timeline: Timeline,
  { uid }: Interval<'pod'>,
  sinceMs: number,
  byMs: number,
): boolean {
  return timeline
    .of('pod-ready', uid)
    .some(({ fromMs, toMs }) => fromMs <= byMs && (toMs === null || toMs > sinceMs))
}

/** When the last of its containers was started that ran by then. */
export function startOf(timeline: Timeline, { uid }: Interval<'pod'>, byMs: number): number | undefined {
  const started = timeline.of('container-running', uid).filter(({ fromMs }) => fromMs <= byMs)
  return started.length === 0 ? undefined : Math.max(...started.map(({ fromMs }) => fromMs))
}

/** What is killed closes nothing of its own accord. */
function isOnClosing(
  timeline: Timeline,
  { lost, connection, sentMs, endMs }: Asked,
  { end, killedMs }: Fate,
  stop: Stop,
): boolean {
  const isKilled = end?.detail.exitCode === 137 && endMs >= (killedMs ?? end.fromMs - reapedMs)
  const isKept = connection === 'reused' && sentMs >= stop.atMs
  const isClosed = isKept && (lost === 'reset' || lost === 'closed') && !isKilled
  return isClosed && endMs - sentMs <= onArrivalMs * slowdownOfNodes(timeline, sentMs, endMs).factor
}

function wayOfNobody(timeline: Timeline, asked: Asked): Way {
  if (asked.lost === 'status') return 'bad answer'
  const isUnrouted = timeline.traffic.isRouted && asked.connection === 'new' && asked.address === undefined
  return isUnrouted && wasWithoutEndpoint(timeline, asked) ? 'no endpoint' : 'unknown'
}

/** The signal that had come by then, or else the deletion; a deletion that came after the pod's end told it nothing. */
function stopOf(timeline: Timeline, { pod, signal, endedMs }: Fate, byMs: number): Stop | undefined {
  if (signal && signal.fromMs <= byMs + sameTimeMs) return { atMs: signal.fromMs, by: signal.detail.signal }
  const deleted = deletionOf(timeline, pod)
  const untilMs = Math.min(byMs, endedMs ?? byMs) + sameTimeMs
  return deleted && deleted.fromMs <= untilMs ? { atMs: deleted.fromMs, by: 'the deletion' } : undefined
}

/** The deletion of a pod that gave it time to stop. */
export function deletionOf(
  timeline: Timeline,
  pod: Interval<'pod'>,
): Interval<'pod-terminating'> | undefined {
  const [deleted] = timeline.of('pod-terminating', pod.uid)
  return deleted && deleted.detail.gracePeriodSeconds > 0 ? deleted : undefined
}

/** kube-proxy follows the EndpointSlices by so much, and their watch may be as late. */
const followsMs = 2_000

/** Whether the Service had no ready endpoint at some time about the sending, as its EndpointSlices tell. */
function wasWithoutEndpoint(timeline: Timeline, { service, sentMs }: Asked): boolean {
  const [fromMs, untilMs] = [sentMs - followsMs, sentMs + followsMs]
  const ready = timeline.of('endpoint-ready').filter(({ detail }) => detail.service === service)
  const isListedAt = (ms: number) => ready.some((one) => holdsAt(one, ms))
  const changes = ready.flatMap(({ toMs }) =>
    toMs !== null && toMs > fromMs && toMs <= untilMs ? [toMs] : [],
  )
  return [fromMs, ...changes].some((ms) => !isListedAt(ms))
}
