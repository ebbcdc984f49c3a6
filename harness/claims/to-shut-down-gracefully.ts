import { counted } from '../model/counted.ts'
import { type Duration, formatMs } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import { isGraceSpent } from '../model/grace.ts'
import type { Shutdown } from '../model/result.ts'
import { predict } from '../predict/predict.ts'
import { podOf } from '../timeline/attribution.ts'
import { shutdownOf } from '../timeline/shutdown.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Pod } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { at, type Judge, type Judgement } from './judgement.ts'
import { podSpecOf, situationOf } from './situation.ts'
import { excused } from './too-slow.ts'
import { excuseFor, type TrafficOf, trafficOf } from './traffic.ts'

export interface ToShutDownGracefullyOptions {
  /** What it exits with; 0 unless given. 143 is that of a process that has no handler for SIGTERM. */
  exitCode?: number
  /** Which container; needed where the pod has several. */
  container?: string
  /** Up to so long after the fault; the grace period, and what Kubernetes adds to it, unless given. */
  within?: Duration
}

/**
 * A pod that is told to stop ends by itself within its grace period, with this exit code, and loses no request: none of
 * those in flight, none that the Service still sends to it, and no kept connection in the midst of one. Needs traffic
 * to the pod's Service, and is left unjudged where nothing tells which pod a request was for that was lost meanwhile.
 */
export function toShutDownGracefully(
  pod: Pod,
  options: ToShutDownGracefullyOptions,
  statement: string,
): Promise<void> {
  const { exitCode = 0 } = options
  const { stage, workload } = pod
  if (!Number.isInteger(exitCode) || exitCode < 0 || exitCode > 255) {
    throw new UsageError(
      `toShutDownGracefully: exitCode is ${exitCode}; a whole number up to 255 is expected`,
    )
  }
  const container = pod.container(options.container)
  const traffic = trafficOf(workload, 'toShutDownGracefully')
  return respond({
    stage,
    podUid: pod.uid,
    statement,
    subject: `${pod.subject}/${container}`,
    promise: `to end by itself with exit code ${exitCode}, and to lose no request`,
    judge: judgeShutdown(pod.uid, container, exitCode, traffic),
    rests: ['Pod', 'EndpointSlice', 'traffic'],
    predict: (fault) => predict.exits(situationOf(stage, podSpecOf(pod), fault, container)),
    within: options.within,
  })
}

export function judgeShutdown(
  uid: string,
  container: string,
  exitCode: number,
  { services, settled }: TrafficOf,
): Judge {
  return (timeline, sinceMs) => {
    const stop = shutdownOf(timeline, uid, container)
    if (!stop?.exit) {
      const goneMs = timeline.of('pod', uid)[0]?.toMs
      const isGone = typeof goneMs === 'number' && goneMs >= sinceMs
      if (isGone && stop === undefined)
        return { is: 'broken', atMs: goneMs, detail: 'it was deleted by force, which no app can stop for,' }
      if (isGone) return { is: 'open', lastSeen: 'it was gone, and nothing had told how it ended' }
      return { is: 'open', lastSeen: stop ? 'it was still running' : 'it had not been told to stop' }
    }
    const exitedMs = stop.deletedAtMs + stop.exit.atMs
    const wrong = wrongWith(stop, exitCode)
    if (wrong) return { is: 'broken', atMs: exitedMs, detail: wrong }
    const lossy = judgeLost(timeline, uid, stop, exitedMs)
    if (lossy) return lossy
    const strays = straysOf(timeline, services, stop.deletedAtMs, exitedMs)
    if (strays > 0) {
      const detail = `${counted(strays, 'request')} ${strays === 1 ? 'was' : 'were'} lost while it stopped, and nothing tells which pod was asked`
      return { is: 'unjudgeable', detail }
    }
    // A request that was sent to it may still be lost by time-out.
    if (!settled(exitedMs)) {
      return { is: 'open', lastSeen: `it ended at ${at(exitedMs)}, and requests were still under way` }
    }
    return { is: 'held', atMs: exitedMs, detail: tell(stop) }
  }
}

function wrongWith(stop: Shutdown, exitCode: number): string | undefined {
  const { exit, endedBy, graceMs, graceLeftMs } = stop
  if (endedBy === 'SIGKILL') {
    const left = isGraceSpent(graceLeftMs) ? 'spent' : `not spent (${formatMs(graceLeftMs ?? 0)} left)`
    return `it was ended by SIGKILL, its grace period of ${formatMs(graceMs)} ${left},`
  }
  return exit && exit.code !== exitCode ? `it ended with exit code ${exit.code}` : undefined
}

/** What the requests that it lost come to; undefined where it lost none. */
function judgeLost(timeline: Timeline, uid: string, stop: Shutdown, exitedMs: number): Judgement | undefined {
  const { inFlight, late, deletedAtMs, signal } = stop
  const lost = inFlight.lost + late.lost
  if (lost === 0) return undefined
  const sent = `${inFlight.lost} of ${inFlight.lost + inFlight.answered} that came before its signal`
  const routed = `${late.lost} of ${late.lost + late.answered} sent to it after`
  const detail = `it lost ${counted(lost, 'request')} (${sent}, ${routed})`
  const fromMs = deletedAtMs + Math.min(0, signal?.atMs ?? 0)
  const losses = timeline.traffic.losses.filter(
    (loss) => loss.endMs >= fromMs && podOf(timeline, loss)?.pod.uid === uid,
  )
  const excuse = excuseFor(timeline, losses)
  if (excuse) return excused(detail, excuse)
  return { is: 'broken', atMs: exitedMs, detail: `${detail}, and ended` }
}

/** kube-proxy's rules follow the EndpointSlice by up to its minimum sync period of 1 s; doubled for a busy node. */
const proxyFollowsMs = 2_000

/** How many requests were lost about the stop that may have been for any pod: neither a route nor an answer tells. */
function straysOf(timeline: Timeline, services: string[], deletedAtMs: number, exitedMs: number): number {
  const { losses, isRouted } = timeline.traffic
  return losses.filter(
    (loss) =>
      services.includes(loss.service) &&
      loss.endMs >= deletedAtMs &&
      loss.sentMs <= exitedMs + proxyFollowsMs &&
      !podOf(timeline, loss) &&
      // Where routes are followed, a new connection without one was sent to no pod.
      !(isRouted && loss.connection === 'new'),
  ).length
}

function tell({ signal, exit, graceLeftMs = 0, inFlight, late, keepAlive }: Shutdown): string {
  const answered = inFlight.answered + late.answered
  return [
    `stopped on ${signal?.name ?? 'its deletion'} with exit code ${exit?.code}`,
    answered === 0
      ? 'had no request to answer'
      : `answered the ${counted(answered, 'request')} that it had or still got`,
    `let ${counted(keepAlive.drained, 'kept connection')} drain`,
    `and left ${formatMs(graceLeftMs)} of its grace period,`,
  ].join(', ')
}
