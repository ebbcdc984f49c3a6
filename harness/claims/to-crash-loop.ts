import type { Duration } from '../model/duration.ts'
import { formatMs } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import { isTerminalPhase } from '../model/pod-phase.ts'
import { predict } from '../predict/predict.ts'
import { backOffMs } from '../predict/terms.ts'
import { incarnationsOf } from '../timeline/incarnations.ts'
import { phaseOf } from '../timeline/steady.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Pod } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { goneAt } from './containers.ts'
import { at, type Judge } from './judgement.ts'
import { podSpecOf, situationOf } from './situation.ts'

export interface ToCrashLoopOptions {
  /** It is started again so often at least, from 2 on; 3 unless given. */
  times?: number
  /** Which container; needed where the pod has several. */
  container?: string
  within?: Duration
}

/**
 * A container ends again and again, and is started again each time, after delays that grow as Kubernetes says; between
 * two of them it waits as `CrashLoopBackOff`.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restarts
 */
export function toCrashLoop(pod: Pod, options: ToCrashLoopOptions, statement: string): Promise<void> {
  const { times = 3, within } = options
  if (!Number.isInteger(times) || times < 2) {
    throw new UsageError(`toCrashLoop: times is ${times}; a whole number from 2 on is expected`)
  }
  const { stage } = pod
  const container = pod.container(options.container)
  return respond({
    ...{ stage, statement, within, podUid: pod.uid },
    subject: `${pod.subject}/${container}`,
    promise: `to end and be started again ${times} times, after delays that grow`,
    judge: judgeCrashLooped(pod.uid, container, times, stage.timing?.crashLoopBackOffMaxMs),
    rests: ['Pod'],
    predict: (fault) => predict.crashLoops(situationOf(stage, podSpecOf(pod), fault, container), times),
  })
}

/** An end of a container and the start that followed it. */
interface Restart {
  startedMs: number
  delayMs: number
  /** What Kubernetes waits before it at least. */
  backOffMs: number
  /** How long it waited of that; undefined where the time of the end is not known well enough. */
  waitedMs: number | undefined
}

/** @param mostMs the longest back-off of the cluster; Kubernetes' own unless given. */
export function judgeCrashLooped(uid: string, container: string, times: number, mostMs?: number): Judge {
  return (timeline, sinceMs) => {
    const restarts = restartsSince(timeline, uid, container, sinceMs, mostMs).slice(0, times)
    const hasty = restarts.find(({ waitedMs, backOffMs }) => waitedMs !== undefined && waitedMs < backOffMs)
    if (hasty) {
      const { waitedMs = 0, backOffMs, startedMs } = hasty
      const detail = `it was started again after ${formatMs(waitedMs)}, where the back-off is ${formatMs(backOffMs)}`
      return { is: 'broken', atMs: startedMs, detail }
    }
    const delays = restarts.map(({ delayMs }) => formatMs(delayMs)).join(', ')
    const waited = timeline
      .of('container-waiting', uid)
      .find(
        ({ fromMs, detail }) =>
          fromMs >= sinceMs && detail.container === container && detail.reason === 'CrashLoopBackOff',
      )
    const last = restarts[times - 1]
    if (last && waited) {
      const backOffs = restarts.map(({ backOffMs }) => formatMs(backOffMs)).join(', ')
      return {
        is: 'held',
        atMs: Math.max(last.startedMs, waited.fromMs),
        detail: `was started again ${times} times, after ${delays} (back-off ${backOffs}), and was CrashLoopBackOff from ${at(waited.fromMs)} on`,
      }
    }
    const goneMs = goneAt(timeline, uid, sinceMs)
    if (goneMs !== undefined) return { is: 'broken', atMs: goneMs, detail: 'the pod itself was deleted' }
    const over = timeline
      .of('pod-phase', uid)
      .find(({ toMs, detail }) => toMs === null && isTerminalPhase(detail.phase))
    if (over) {
      const detail = `its pod was ${over.detail.phase}, and nothing starts its containers again`
      return { is: 'broken', atMs: over.fromMs, detail }
    }
    const often = restarts.length === 1 ? 'once' : `${restarts.length} times`
    const told =
      restarts.length === 0 ? 'not been started again' : `been started again ${often} (after ${delays})`
    return { is: 'open', lastSeen: `it had ${told}, and ${standing(timeline, uid, container)}` }
  }
}

/**
 * Kubernetes counts the back-off from the container's end, and doubles it each time. Where the kubelet itself has ended the
 * container, as for a failed liveness probe, the same sync starts it again, and knows only of the end before: the back-off
 * counts from that one, comes one restart later, and is over where the container ran for longer.
 * kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go: doBackOff, given the status from before the kill
 */
function restartsSince(
  timeline: Timeline,
  uid: string,
  container: string,
  sinceMs: number,
  mostMs: number | undefined,
): Restart[] {
  const all = incarnationsOf(timeline, uid, container)
  const isOf = (containerID: string | undefined) => (one: { detail: { containerID: string } }) =>
    one.detail.containerID === containerID
  const exitOf = (containerID: string | undefined) =>
    timeline.of('container-exited', uid).find(isOf(containerID))?.fromMs
  let counted = 0
  return all.flatMap(({ containerID, endedMs }, index) => {
    const next = all[index + 1]
    if (!next || endedMs === undefined) return []
    const isKilled = timeline.of('container-signalled', uid).some(isOf(containerID))
    const known = isKilled ? all[index - 1] : { containerID }
    if (known) counted += 1
    if (endedMs < sinceMs) return []
    const exitMs = exitOf(containerID)
    const fromMs = exitOf(known?.containerID)
    return {
      startedMs: next.seenMs,
      delayMs: Math.max(0, next.seenMs - (exitMs ?? endedMs)),
      backOffMs: known ? backOffMs(counted, mostMs) : 0,
      waitedMs: fromMs === undefined ? undefined : next.seenMs - fromMs,
    }
  })
}

function standing(timeline: Timeline, uid: string, container: string): string {
  const waits = timeline
    .of('container-waiting', uid)
    .find(({ toMs, detail }) => toMs === null && detail.container === container)
  if (waits) return `waited: ${waits.detail.reason}`
  const last = incarnationsOf(timeline, uid, container).at(-1)
  if (!last) return `had not run, phase ${phaseOf(timeline, uid)}`
  return last.endedMs === undefined
    ? `was running since ${at(last.seenMs)}`
    : `had ended at ${at(last.endedMs)}`
}
