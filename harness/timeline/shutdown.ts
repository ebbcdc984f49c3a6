import type { Shutdown } from '../model/result.ts'
import { endsOf, podOf } from './attribution.ts'
import type { Timeline } from './timeline.ts'
import type { Asked } from './traffic.ts'

/** A kept connection that was used so shortly before the signal was open when it came. */
const stillOpenMs = 1_000
/** The kubelet and the runtime count the grace period by clocks of their own. */
const graceSlackMs = 1_500

/** The containers of a pod that ran when it was told to stop. */
export function stoppedContainers(timeline: Timeline, uid: string): string[] {
  const [terminating] = timeline.of('pod-terminating', uid)
  if (!terminating || terminating.detail.gracePeriodSeconds === 0) return []
  const ran = timeline
    .of('container-running', uid)
    .filter(({ toMs }) => toMs === null || toMs >= terminating.fromMs)
  return [...new Set(ran.map(({ detail }) => detail.container))]
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

  const signal = timeline
    .of('container-signalled', uid)
    .find(
      ({ fromMs, detail }) =>
        fromMs >= deletedAtMs - graceSlackMs && detail.container === container && detail.signal !== 'SIGKILL',
    )
  const toldMs = signal?.fromMs ?? deletedAtMs
  const exit = exitOf(timeline, uid, container, deletedAtMs)
  const requests = timeline.traffic.asked.filter(
    (asked) => asked.endMs >= deletedAtMs - stillOpenMs && podOf(timeline, asked)?.pod.uid === uid,
  )
  const opened = requests.filter(({ connection, sentMs }) => connection === 'new' && sentMs >= deletedAtMs)
  const unanswered = opened.filter(({ lost }) => lost !== undefined && lost !== 'status')
  const answered = opened.filter(({ lost }) => lost === undefined)
  const ofService = requests.filter(({ direct }) => !direct)
  const left = endpointLeftMs(timeline, uid, deletedAtMs)
  const endedBy = exit && whoEnded(timeline, uid, container, exit, deletedAtMs, graceMs)
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
    ...lastOf('lastAcceptedMs', answered, since),
    ...firstOf('firstRefusedMs', unanswered, since),
    inFlight: countsOf(ofService.filter(({ sentMs, endMs }) => sentMs < toldMs && endMs >= toldMs)),
    late: countsOf(ofService.filter(({ sentMs }) => sentMs >= toldMs)),
    keepAlive: keptConnections(ofService, toldMs),
    ...(exit && { exit: { atMs: since(exit.atMs), code: exit.code, reason: exit.reason } }),
    ...(endedBy && { endedBy }),
    ...(exit && { graceLeftMs: Math.max(0, graceMs - since(exit.atMs)) }),
  }
}

interface Exit {
  atMs: number
  code: number
  reason: string
}

function exitOf(timeline: Timeline, uid: string, container: string, sinceMs: number): Exit | undefined {
  const end = endsOf(timeline, uid).find(
    ({ fromMs, detail }) => fromMs >= sinceMs && detail.container === container,
  )
  const told = timeline
    .of('container-terminated', uid)
    .find(({ detail }) => detail.containerID === end?.detail.containerID)
  return end && { atMs: end.fromMs, code: end.detail.exitCode, reason: told?.detail.reason ?? '' }
}

function whoEnded(
  timeline: Timeline,
  uid: string,
  container: string,
  exit: Exit,
  deletedAtMs: number,
  graceMs: number,
): 'itself' | 'SIGKILL' {
  if (exit.code !== 137) return 'itself'
  const killed = timeline
    .of('container-signalled', uid)
    .some(({ detail }) => detail.container === container && detail.signal === 'SIGKILL')
  return killed || exit.atMs - deletedAtMs >= graceMs - graceSlackMs ? 'SIGKILL' : 'itself'
}

/** When the last of its Services stopped listing it as ready. */
function endpointLeftMs(timeline: Timeline, uid: string, sinceMs: number): number | undefined {
  const ends = timeline
    .of('endpoint-ready', uid)
    .flatMap(({ toMs }) => (toMs !== null && toMs >= sinceMs - graceSlackMs ? [toMs] : []))
  return ends.length > 0 ? Math.max(...ends) : undefined
}

function countsOf(requests: Asked[]): { answered: number; lost: number } {
  const lost = requests.filter((request) => request.lost !== undefined).length
  return { answered: requests.length - lost, lost }
}

/** The connections that were kept and open at the signal: one is cut where a request on it was the last, and lost. */
function keptConnections(requests: Asked[], toldMs: number): { drained: number; cut: number } {
  const connections = Map.groupBy(
    requests.filter(({ port }) => port !== undefined),
    ({ port }) => port,
  )
  let [drained, cut] = [0, 0]
  for (const on of connections.values()) {
    const [first, last] = [on[0], on.at(-1)]
    const isKept = on.some(({ connection }) => connection === 'reused')
    if (!isKept || !first || !last || first.sentMs > toldMs || last.endMs < toldMs - stillOpenMs) continue
    if (last.lost === undefined) drained += 1
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
