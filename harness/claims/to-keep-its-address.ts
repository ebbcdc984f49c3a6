import { UsageError } from '../model/errors.ts'
import type { Interval } from '../model/interval.ts'
import type { WorkloadShape } from '../model/observation.ts'
import { holdsAt } from '../timeline/spans.ts'
import type { Timeline } from '../timeline/timeline.ts'
import { Pod, type Workload } from '../workload/workload.ts'
import { hold } from './claim.ts'
import type { Judge, Judgement } from './judgement.ts'

export type ToKeepItsAddressOptions = Record<string, never>

/**
 * Of a pod: it stays the same pod, with its name and its IP, whatever becomes of its containers. Of a workload: each of
 * its Services keeps its clusterIP and its ports, whatever becomes of its pods.
 *
 * @throws UsageError for a workload without a Service.
 */
export function toKeepItsAddress(
  of: Pod | Workload,
  _options: ToKeepItsAddressOptions,
  statement: string,
): Promise<void> {
  const { stage } = of
  if (of instanceof Pod) {
    return hold({
      ...{ stage, workload: of.workload, statement, subject: of.subject },
      promise: 'to keep its name, its UID and its IP',
      judge: judgePodAddress(of.uid),
      rests: ['Pod'],
    })
  }
  if (of.shape.services.length === 0) {
    throw new UsageError(`${of.subject}: toKeepItsAddress is a claim about a workload with a Service`)
  }
  return hold({
    ...{ stage, workload: of, statement, subject: of.subject },
    promise: 'its Services to keep their addresses',
    judge: judgeServiceAddress(of.shape),
    rests: ['Service', 'Pod'],
  })
}

/**
 * The IP is the sandbox's: what is restarted in it keeps it.
 * https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking
 */
export function judgePodAddress(uid: string): Judge {
  return (timeline, sinceMs): Judgement => {
    const [pod] = timeline.of('pod', uid)
    const ips = timeline.ipsOf(uid)
    const before = ips.findLast(({ fromMs }) => fromMs <= sinceMs)
    if (!pod || !before) return { is: 'unjudgeable', detail: 'had no IP before the fault' }
    const { name } = pod.detail
    const goneMs = timeline.of('pod-terminating', uid)[0]?.fromMs ?? pod.toMs
    if (goneMs !== null && goneMs >= sinceMs) {
      const detail = `pod ${name} was deleted, and its IP ${before.address} with it`
      return { is: 'broken', atMs: goneMs, detail }
    }
    const other = ips.find(({ fromMs }) => fromMs > sinceMs)
    if (other) {
      const detail = `its IP, which was ${before.address}, became ${other.address}`
      return { is: 'broken', atMs: other.fromMs, detail }
    }
    const ends = timeline.of('container-terminated', uid).filter(({ fromMs }) => fromMs >= sinceMs).length
    const meanwhile =
      ends === 0
        ? ''
        : ends === 1
          ? ' while a container of it ended'
          : ` while its containers ended ${ends} times`
    return { is: 'open', lastSeen: `kept its name and its IP ${before.address}${meanwhile}` }
  }
}

export function judgeServiceAddress({ services, roots }: WorkloadShape): Judge {
  return (timeline, sinceMs): Judgement => {
    const kept: string[] = []
    for (const { name } of services) {
      const known = timeline.of('service').filter(({ detail }) => detail.name === name)
      const before = known.find((one) => holdsAt(one, sinceMs))
      if (!before) return { is: 'unjudgeable', detail: `Service ${name} was not seen before the fault` }
      if (before.detail.clusterIP === 'None')
        return { is: 'unjudgeable', detail: `Service ${name} is headless: it has no address of its own` }
      const was = addressOf(before)
      if (before.toMs !== null) {
        const next = known.find(({ fromMs }) => fromMs >= (before.toMs ?? 0))
        const now = next ? `became ${addressOf(next)}` : 'was deleted'
        return { is: 'broken', atMs: before.toMs, detail: `Service ${name}, which was ${was}, ${now}` }
      }
      kept.push(`Service ${name} was ${was} throughout`)
    }
    return { is: 'open', lastSeen: `${kept.join(', ')}${changesOf(timeline, roots, sinceMs)}` }
  }
}

/** `10.96.0.7 (80/TCP)` */
function addressOf({ detail: { clusterIP, ports } }: Interval<'service'>): string {
  return `${clusterIP} (${ports})`
}

function changesOf(timeline: Timeline, roots: WorkloadShape['roots'], sinceMs: number): string {
  const pods = timeline
    .of('pod')
    .filter(({ uid }) => roots.some((root) => timeline.isControlledBy(uid, root.uid)))
  const made = pods.filter(({ fromMs }) => fromMs >= sinceMs).length
  const gone = pods.filter(({ toMs }) => toMs !== null && toMs >= sinceMs).length
  return made + gone === 0 ? '' : `, while ${gone} of its pods went and ${made} came,`
}
