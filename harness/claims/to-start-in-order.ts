import { UsageError } from '../model/errors.ts'
import type { Interval } from '../model/interval.ts'
import type { WorkloadShape } from '../model/observation.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { PodSpec, Workload } from '../workload/workload.ts'
import { hold } from './claim.ts'
import type { Judge, Judgement } from './judgement.ts'

export interface ToStartInOrderOptions {
  /** The init container that comes before the app's; all of its spec's unless given, in their order. */
  after?: string
}

/**
 * In each pod that is started, one init container after the other ends with exit code 0 before the next of them runs,
 * and all of them before any of the app's containers. Sidecars, which go on running, are no part of it.
 *
 * @throws UsageError where the spec has no init container, and none was named.
 */
export function toStartInOrder(
  workload: Workload,
  { after }: ToStartInOrderOptions,
  statement: string,
): Promise<void> {
  const { stage, shape, subject } = workload
  const { inits, apps } = orderOf(workload.podSpec, after)
  if (inits.length === 0) {
    throw new UsageError(`${subject}: toStartInOrder is a claim about a workload with an init container`)
  }
  return hold({
    ...{ stage, workload, statement, subject },
    promise: `${apps.join(' and ')} to be started only after ${inits.join(', then ')}`,
    judge: judgeStartedInOrder(shape, inits, apps, stage.control),
    rests: ['Pod'],
  })
}

export function orderOf({ initContainers = [], containers }: PodSpec, after?: string) {
  const ending = initContainers.filter(({ restartPolicy }) => restartPolicy !== 'Always')
  const inits = after === undefined ? ending.map(({ name }) => name) : [after]
  return { inits, apps: containers.map(({ name }) => name) }
}

/**
 * https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#understanding-init-containers
 *
 * @param mayBeNone where nothing is hurt, no pod has to be started
 */
export function judgeStartedInOrder(
  { roots }: WorkloadShape,
  inits: string[],
  apps: string[],
  mayBeNone = false,
): Judge {
  return (timeline, sinceMs): Judgement => {
    const pods = timeline
      .of('pod')
      .filter(
        ({ uid, fromMs }) =>
          fromMs >= sinceMs && roots.some((root) => timeline.isControlledBy(uid, root.uid)),
      )
    const flaws = pods.flatMap((pod) => flawsOf(timeline, pod, inits, apps))
    const [first] = flaws.sort((a, b) => a.atMs - b.atMs)
    if (first) return { is: 'broken', ...first }
    const kinds = ['container-running', 'container-terminated'] as const
    const started = pods.filter(({ uid }) => kinds.some((kind) => timeline.of(kind, uid).length > 0))
    if (started.length === 0 && !mayBeNone)
      return { is: 'unjudgeable', detail: 'no pod was started since the fault' }
    const through = started.filter(({ uid }) => runsOf(timeline, uid, apps).length > 0)
    const ran = `${through.length} of ${started.length} pods that were started`
    const lastSeen = `the app ran in ${ran}, after ${inits.join(', then ')} had ended with exit code 0,`
    return { is: 'open', lastSeen }
  }
}

function flawsOf(
  timeline: Timeline,
  { uid, detail: { name: pod } }: Interval<'pod'>,
  inits: string[],
  apps: string[],
) {
  const stages = [...inits.map((init) => [init]), apps]
  return stages.slice(1).flatMap((next, n) => {
    const before = inits[n] ?? ''
    const done = timeline
      .of('container-terminated', uid)
      .find(({ detail }) => detail.container === before && detail.exitCode === 0)
    const [run] = runsOf(timeline, uid, next)
    if (!run || (done && done.fromMs <= run.fromMs)) return []
    const { container } = run.detail
    return [
      {
        atMs: run.fromMs,
        detail: `container ${container} of ${pod} ran and ${before} had not ended with exit code 0`,
      },
    ]
  })
}

function runsOf(timeline: Timeline, uid: string, names: string[]): Interval<'container-running'>[] {
  return timeline.of('container-running', uid).filter(({ detail }) => names.includes(detail.container))
}
