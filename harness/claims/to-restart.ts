import type { Duration } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import { predict } from '../predict/predict.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import type { Pod } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { endedByFaults, endsSince, exitOf, goneAt, isUntold, type Restart, untoldEnd } from './containers.ts'
import { at, type Judge, type Judgement } from './judgement.ts'
import { podSpecOf, situationOf } from './situation.ts'
import { killingProbes, slowProbe } from './slow-probe.ts'
import { excused } from './too-slow.ts'

export interface ToRestartOptions {
  /** Exactly so often, by the end of the scenario; 1 unless given. */
  times?: number
  /** What each incarnation that ended must have exited with. */
  exitCode?: number
  /** The kubelet's word for each end, as `OOMKilled`. */
  reason?: string
  /** Which container; needed where the pod has several. */
  container?: string
  within?: Duration
}

/** A container ends and runs again, in the same pod. */
export function toRestart(pod: Pod, options: ToRestartOptions, statement: string): Promise<void> {
  const { times = 1, within } = options
  if (!Number.isInteger(times) || times < 1) {
    throw new UsageError(`toRestart: times is ${times}; a whole number from 1 on is expected`)
  }
  const container = pod.container(options.container)
  const how = [
    options.exitCode !== undefined && `exit code ${options.exitCode}`,
    options.reason !== undefined && `reason ${options.reason}`,
  ].filter(Boolean)
  return respond({
    stage: pod.stage,
    podUid: pod.uid,
    statement,
    subject: `${pod.subject}/${container}`,
    promise: `to restart ${times === 1 ? 'once' : `${times} times`}${how.length > 0 ? ` with ${how.join(' and ')}` : ''}`,
    judge: judgeRestarted(pod.stage, pod.uid, container, times, options),
    rests: ['Pod'],
    predict: (fault) => predict.restarts(situationOf(pod.stage, podSpecOf(pod), fault, container), times),
    within,
  })
}

export function judgeRestarted(
  stage: Pick<Stage, 'faults'>,
  uid: string,
  container: string,
  times: number,
  wanted: Pick<ToRestartOptions, 'exitCode' | 'reason'>,
): Judge {
  const slow = slowProbe(stage, killingProbes)
  return (timeline, sinceMs): Judgement => {
    const except = endedByFaults(stage)
    const ends = endsSince(timeline, uid, sinceMs, container, except)
    const ownEnds = timeline
      .of('container-terminated', uid)
      .filter(
        ({ fromMs, detail }) =>
          fromMs >= sinceMs && detail.container === container && except.includes(detail.containerID),
      )
    const isOther = ({ detail }: Restart['ended']) =>
      detail.exitCode !== (wanted.exitCode ?? detail.exitCode) ||
      detail.reason !== (wanted.reason ?? detail.reason)
    const others = ends.filter(({ ended }) => isOther(ended))
    const wrong = others.find(({ ended }) => !isUntold(ended))
    const brokenAt = (atMs: number, detail: string): Judgement => {
      const excuse = slow(timeline, uid, sinceMs, atMs)
      return excuse ? excused(detail, excuse) : { is: 'broken', atMs, detail }
    }
    if (wrong) return brokenAt(wrong.ended.fromMs, `it ended with ${exitOf(wrong.ended)}`)
    const restarts = ends.filter(({ next }) => next !== undefined)
    const count = Math.max(restarts.length, countedBy(timeline, uid, container, sinceMs) - ownEnds.length)
    if (count > times) {
      const atMs = restarts[times]?.next?.fromMs ?? restarts.at(-1)?.next?.fromMs ?? sinceMs
      return brokenAt(atMs, `it restarted ${count} times`)
    }
    const [untold] = others
    if (untold) return untoldEnd(untold.ended)
    const last = restarts[times - 1]
    if (last?.next) {
      return { is: 'held', atMs: last.next.fromMs, detail: `restarted after ${exitOf(last.ended)}` }
    }
    const end = ends.at(-1)
    const gone = goneAt(timeline, uid, sinceMs)
    if (gone !== undefined) return { is: 'broken', atMs: gone, detail: 'the pod itself was deleted' }
    if (end)
      return {
        is: 'open',
        lastSeen: `it ended at ${at(end.ended.fromMs)} with ${exitOf(end.ended)}, and did not run`,
      }
    const which = ownEnds.length > 0 ? 'that the fault had start anew' : 'it had before the fault'
    return { is: 'open', lastSeen: `the container ${which} was still running` }
  }
}

/** Restarts by the kubelet's own count, which knows of those that passed unseen between two statuses. */
function countedBy(timeline: Timeline, uid: string, container: string, sinceMs: number): number {
  const running = timeline.of('container-running', uid).filter(({ detail }) => detail.container === container)
  const before = running.findLast(({ fromMs }) => fromMs <= sinceMs)
  const now = running.at(-1)
  if (!before || !now) return 0
  // One that had ended by then is followed by a restart that is none of the fault's.
  const hadEnded = before.toMs !== null && before.toMs < sinceMs ? 1 : 0
  return now.detail.restartCount - before.detail.restartCount - hadEnded
}
