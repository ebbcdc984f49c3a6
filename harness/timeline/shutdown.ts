import { graceSlackMs, isGraceSpent } from '../model/grace.ts'
import type { Interval } from '../model/interval.ts'
import type { Shutdown } from '../model/result.ts'
import { type End, endsOf, podOf } from './attribution.ts'
import { isOpenIn } from './steady.ts'
import type { Timeline } from './timeline.ts'
import type { Asked } from './traffic.ts'

/** A kept connection that was used so shortly before the signal was open when it came. */
const stillOpenMs = 1_000

/** The containers of a pod that ran when it was told to stop. */
export function stoppedContainers(timeline: Timeline, uid: string): string[] {
  const [terminating] = timeline.of('pod-terminating', uid)
  if (!terminating || terminating.detail.gracePeriodSeconds === 0) return []
  return [...new Set(ranAt(timeline, uid, terminating.fromMs).map(({ detail }) => detail.container))]
}

function ranAt(timeline: Timeline, uid: string, atMs: number): Interval<'container-running'>[] {
  return timeline.of('container-running', uid).filter(({ toMs }) => toMs === null || toMs >= atMs)
}

/**
 * How a container of a pod that was told to stop did so; undefined where it was not, or was deleted by force. The
 * requests of a pod with several containers count for each of them.
 *
 *     deleted ──┬── SIGTERM ─── endpoint left ── last accepted ─ first refused ── exit 0 ─ ─ ─ ─ ─ grace period ends
 *               └ from here all times count
 */
export function shutdownOf(timeline: Timeline, uid: string, container: string): Shutdown | undefined {
  const [pod] = timeline.of('pod', uid)
  const [terminating] = timeline.of('pod-terminating', uid)
  if (!pod || !terminating || terminating.detail.gracePeriodSeconds === 0) return undefined
  const deletedAtMs = terminating.fromMs
  const graceMs = terminating.detail.gracePeriodSeconds * 1_000
  const since = (ms: number) => ms - deletedAtMs

  const end = endOf(timeline, uid, container, deletedAtMs)
  const signal = end && signalsOf(timeline, end).find(({ detail }) => detail.signal !== 'SIGKILL')
  const toldMs = signal?.fromMs ?? deletedAtMs
  const fromMs = Math.min(deletedAtMs, toldMs)
  // Lost after the deletion is lost by the stop: a preStop hook may end the app before its signal.
  const isInFlight = ({ sentMs, endMs, lost }: Asked) =>
    sentMs < toldMs && endMs >= (lost === undefined ? toldMs : fromMs)
  const requests = timeline.traffic.asked.filter(
    (asked) => asked.endMs >= fromMs - stillOpenMs && podOf(timeline, asked)?.pod.uid === uid,
  )
  const opened = requests.filter(({ connection, sentMs }) => connection === 'new' && sentMs >= deletedAtMs)
  const ofService = requests.filter(({ direct }) => !direct)
  const left = endpointLeftMs(timeline, uid, deletedAtMs)
  return {
    ...{ subject: pod.subject, container, deletedAtMs, graceMs },
    ...(signal && {
      signal: { name: signal.detail.signal, atMs: since(toldMs), observedBy: "the node's runtime" },
    }),
    ...(left !== undefined && { endpointLeftMs: since(left) }),
    ...lastOf(
      'lastRoutedMs',
      opened.filter(({ direct, address }) => !direct && address),
      since,
    ),
    ...lastOf('lastAcceptedMs', opened.filter(isConnected), since),
    ...firstOf(
      'firstRefusedMs',
      opened.filter((asked) => !isConnected(asked)),
      since,
    ),
    inFlight: countsOf(ofService.filter(isInFlight)),
    late: countsOf(ofService.filter(({ sentMs }) => sentMs >= toldMs)),
    keepAlive: keptConnections(ofService, toldMs),
    ...(end && {
      exit: { atMs: since(end.fromMs), code: end.detail.exitCode, reason: reasonOf(timeline, end) },
      ...endedBy(whoEnded(timeline, end, deletedAtMs, graceMs)),
      graceLeftMs: Math.max(0, graceMs - since(end.fromMs)),
    }),
  }
}

/** It was answered, whatever the status. */
function isConnected({ lost }: Asked): boolean {
  return lost === undefined || lost === 'status'
}

/** The container's end, of the incarnation that ran when the pod was deleted. */
function endOf(timeline: Timeline, uid: string, container: string, deletedAtMs: number): End | undefined {
  const ran = ranAt(timeline, uid, deletedAtMs).find(({ detail }) => detail.container === container)
  // By the runtime's clock it may have ended before the watch told of the deletion.
  return endsOf(timeline, uid).find(({ detail }) => detail.containerID === ran?.detail.containerID)
}

/** What the runtime sent to the container that ended so. */
function signalsOf(timeline: Timeline, { uid, detail }: End): Interval<'container-signalled'>[] {
  const signals = timeline.of('container-signalled', uid)
  return signals.filter((signal) => signal.detail.containerID === detail.containerID)
}

function reasonOf(timeline: Timeline, { uid, detail: { containerID } }: End): string {
  const told = timeline
    .of('container-terminated', uid)
    .find(({ detail }) => detail.containerID === containerID)
  return told?.detail.reason ?? ''
}

/**
 * By the runtime's journal, which tells of its SIGKILL; without it, by the exit code and the time. Undefined where it was
 * a SIGKILL of nobody who is known: the kernel sends one for want of memory, and a kubelet that has just started to what
 * it finds in the cgroup of a pod that it does not take in (kubernetes/pkg/kubelet/kubelet_pods.go: HandlePodCleanups).
 */
export function whoEnded(timeline: Timeline, end: End, toldMs: number, graceMs: number): Shutdown['endedBy'] {
  if (end.detail.exitCode !== 137) return 'itself'
  const isKilled = signalsOf(timeline, end).some(({ detail }) => detail.signal === 'SIGKILL')
  const isByTime = end.kind === 'container-terminated' && isGraceSpent(graceMs - (end.fromMs - toldMs))
  return isKilled || isByTime ? 'SIGKILL' : undefined
}

function endedBy(who: Shutdown['endedBy']): Pick<Shutdown, 'endedBy'> {
  return who === undefined ? {} : { endedBy: who }
}

/** When the last of its Services stopped listing it as ready; undefined while one still does. */
function endpointLeftMs(timeline: Timeline, uid: string, sinceMs: number): number | undefined {
  const ready = timeline.of('endpoint-ready', uid)
  if (isOpenIn(ready)) return undefined
  const ends = ready.flatMap(({ toMs }) => (toMs !== null && toMs >= sinceMs - graceSlackMs ? [toMs] : []))
  return ends.length > 0 ? Math.max(...ends) : undefined
}

function countsOf(requests: Asked[]): { answered: number; lost: number } {
  const lost = requests.filter((request) => request.lost !== undefined).length
  return { answered: requests.length - lost, lost }
}

/** The connections that were kept and open at the signal: one is cut where a request on it was the last, and lost. */
function keptConnections(requests: Asked[], toldMs: number): { drained: number; cut: number } {
  // Each Service has a prober of its own, and each prober all the ports.
  const connections = Map.groupBy(
    requests.filter(({ port }) => port !== undefined),
    ({ service, port }) => `${service} ${port}`,
  )
  let [drained, cut] = [0, 0]
  for (const on of connections.values()) {
    const [first, last] = [on[0], on.at(-1)]
    const isKept = on.some(({ connection }) => connection === 'reused')
    if (!isKept || !first || !last || last.endMs < toldMs - stillOpenMs) continue
    if (first.sentMs - (first.ageMs ?? 0) > toldMs) continue
    if (isConnected(last)) drained += 1
    else cut += 1
  }
  return { drained, cut }
}

function lastOf<K extends string>(key: K, requests: Asked[], since: (ms: number) => number) {
  const last = Math.max(...requests.map(({ sentMs }) => sentMs))
  return (requests.length > 0 ? { [key]: since(last) } : {}) as { [P in K]?: number }
}

function firstOf<K extends string>(key: K, requests: Asked[], since: (ms: number) => number) {
  const first = Math.min(...requests.map(({ sentMs }) => sentMs))
  return (requests.length > 0 ? { [key]: since(first) } : {}) as { [P in K]?: number }
}
