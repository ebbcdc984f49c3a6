import type { Duration } from '../model/duration.ts'
import { toMs } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import { longEnoughToRestart } from '../predict/predict.ts'
import { holdsAt } from '../timeline/spans.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import { Pod, type Workload } from '../workload/workload.ts'
import { hold } from './claim.ts'
import { endsSince, exitOf } from './containers.ts'
import type { Judge } from './judgement.ts'
import { situationOf } from './situation.ts'
import { killingProbes, slowProbe } from './slow-probe.ts'
import { excused } from './too-slow.ts'

export interface ToStayUpOptions {
  /** Watch on for at least so long after the fault before the scenario goes on. */
  for?: Duration
  /** Of a workload: all its pods but this one, or these. */
  except?: Pod | readonly Pod[]
  /** Of a pod: this container alone, whatever its neighbours do. */
  container?: string
}

/**
 * No container ends and no pod goes. Ready or not is another matter. After a failed probe, the loss of a dependency, or
 * a freeze, it is watched for as long as a liveness probe that fails along with it would take to restart its container.
 */
export function toStayUp(of: Pod | Workload, options: ToStayUpOptions, statement: string): Promise<void> {
  const { stage } = of
  const { except } = options
  const spared = except === undefined ? [] : except instanceof Pod ? [except] : except
  const names = spared.map(({ name }) => name).join(', ')
  const container = containerOf(of, options)
  const workload = of instanceof Pod ? of.workload : of
  const uids =
    of instanceof Pod
      ? () => [of.uid]
      : (timeline: Timeline, sinceMs: number) => podsThen(timeline, of, sinceMs, spared)
  return hold({
    stage,
    workload,
    statement: except
      ? `toStayUp({ ${options.for === undefined ? '' : `for: '${options.for}', `}except: ${except instanceof Pod ? names : `[${names}]`} })`
      : statement,
    subject: container === undefined ? of.subject : `${of.subject}/${container}`,
    promise: except ? `every pod but ${names} to stay up` : 'to stay up',
    judge: judgeUp(stage, uids, container),
    rests: ['Pod'],
    holdUntilMs: (fault) => {
      if (options.for !== undefined)
        return (fault?.receipt?.atMs ?? stage.recording.now()) + toMs(options.for)
      if (!fault || !mayRestart.includes(fault.effect.does) || stage.control) return undefined
      const { receipt, injectedAtMs } = fault
      return (
        (receipt?.atMs ?? injectedAtMs) + longEnoughToRestart(situationOf(stage, workload.podSpec, fault))
      )
    },
  })
}

/** The faults by which a liveness probe may have its container killed. */
const mayRestart: string[] = ['fail-probe', 'lose-dependency', 'freeze']

/** The pods that the workload had when the claim's time began. */
function podsThen(
  timeline: Timeline,
  { shape }: Workload,
  sinceMs: number,
  except: readonly Pod[],
): string[] {
  return timeline
    .of('pod')
    .filter(
      (pod) =>
        holdsAt(pod, sinceMs) &&
        !except.some(({ uid }) => uid === pod.uid) &&
        shape.roots.some((root) => timeline.isControlledBy(pod.uid, root.uid)),
    )
    .map(({ uid }) => uid)
}

/** @throws UsageError where it is a container of a whole workload. */
function containerOf(of: Pod | Workload, { container }: ToStayUpOptions): string | undefined {
  if (container === undefined) return undefined
  if (of instanceof Pod) return of.container(container)
  throw new UsageError(`${of.subject}: toStayUp: a container is one of a pod: give a pod of the workload`)
}

export function judgeUp(
  stage: Pick<Stage, 'faults'>,
  uidsOf: (timeline: Timeline, sinceMs: number) => string[],
  container?: string,
): Judge {
  const slow = slowProbe(stage, killingProbes)
  return (timeline, sinceMs) => {
    const uids = uidsOf(timeline, sinceMs)
    if (uids.length === 0) return { is: 'unjudgeable', detail: 'had no pod that could stay up' }
    const falls = uids
      .flatMap((uid) => fallOf(timeline, uid, sinceMs, container))
      .sort((a, b) => a.atMs - b.atMs)
    const [first] = falls
    if (first) {
      const excuses = falls.map(({ uid, atMs, byProbe }) =>
        byProbe ? slow(timeline, uid, sinceMs, atMs) : undefined,
      )
      const [excuse] = excuses
      if (excuse && excuses.every(Boolean)) return excused(first.detail, excuse)
      const { atMs, detail } = first
      return { is: 'broken', atMs, detail }
    }
    return { is: 'open', lastSeen: uids.length === 1 ? 'stayed up' : `all ${uids.length} pods stayed up` }
  }
}

interface Fall {
  uid: string
  atMs: number
  detail: string
  /** It may be the kubelet's doing, for a probe that failed. */
  byProbe: boolean
}

function fallOf(timeline: Timeline, uid: string, sinceMs: number, container?: string): Fall[] {
  const falls: Fall[] = []
  const name = timeline.of('pod', uid)[0]?.detail.name
  const [ended] = endsSince(timeline, uid, sinceMs, container)
  if (ended) {
    const { fromMs: atMs, detail } = ended.ended
    const how = exitOf(ended.ended)
    falls.push({
      ...{ uid, atMs, byProbe: true },
      detail: `container ${detail.container} of ${name} ended with ${how}`,
    })
  }
  const goneMs = timeline.of('pod-terminating', uid)[0]?.fromMs ?? timeline.of('pod', uid)[0]?.toMs
  if (typeof goneMs === 'number' && goneMs >= sinceMs) {
    falls.push({ uid, atMs: goneMs, byProbe: false, detail: `pod ${name} was deleted` })
  }
  // The kubelet's decision, which the container's end may follow a whole grace period later.
  const kill = timeline
    .of('event', uid)
    .find(
      ({ fromMs, detail }) =>
        detail.reason === 'Killing' && fromMs >= sinceMs && isOf(container, detail.fieldPath),
    )
  if (kill) {
    const what = kill.detail.fieldPath ?? 'a container'
    falls.push({
      ...{ uid, atMs: kill.fromMs, byProbe: true },
      detail: `the kubelet began to kill ${what} of ${name}`,
    })
  }
  return falls.sort((a, b) => a.atMs - b.atMs).slice(0, 1)
}

/** The fieldPath of an event is as `spec.containers{web}`. */
function isOf(container: string | undefined, fieldPath: string | null): boolean {
  return container === undefined || fieldPath?.endsWith(`{${container}}`) === true
}
