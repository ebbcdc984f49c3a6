import { UsageError } from '../model/errors.ts'
import { hurtPods } from '../model/fault.ts'
import type { Loss } from '../model/result.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import type { Workload } from '../workload/workload.ts'
import { hold, isHurt } from './claim.ts'
import { at, type Judge } from './judgement.ts'

export interface ToLoseRequestsOptions {
  atMost: number
  /**
   * `all` requests, which is the default, or those of `others` than the pods that the faults hurt. A request lost on a
   * new connection does not tell which pod it was for: from the fault until two seconds after the last sign of damage
   * to a hurt pod, it counts as that pod's.
   */
  of?: 'all' | 'others'
}

/** kube-proxy's rules follow the EndpointSlice by up to its minimum sync period of 1 s; doubled for a busy node. */
const proxyFollowsMs = 2_000

/** No more than so many of the prober's requests through the workload's Services stay without a good answer. */
export function toLoseRequests(
  workload: Workload,
  options: ToLoseRequestsOptions,
  statement: string,
): Promise<void> {
  const { atMost, of = 'all' } = options
  const { stage, shape } = workload
  if (!Number.isInteger(atMost) || atMost < 0) {
    throw new UsageError(
      `toLoseRequests: atMost is ${JSON.stringify(atMost)}; a whole number from 0 on is expected`,
    )
  }
  const names = shape.services.map(({ name }) => name)
  const flows = stage.traffic.filter(({ service }) => names.includes(service))
  if (flows.length === 0) {
    throw new UsageError(`${workload.subject}: toLoseRequests needs traffic, and none was sent to it`, {
      remedy: "Deploy it with a Service and a path to ask for: deploy(chart, { traffic: { path: '/' } }).",
    })
  }
  return hold({
    stage,
    workload,
    statement,
    subject: workload.subject,
    promise: `at most ${atMost} requests${of === 'others' ? ' of other pods' : ''} to be lost`,
    judge: judgeLosses(stage, names, atMost, of),
    rests: of === 'others' ? ['traffic', 'EndpointSlice'] : ['traffic'],
    settled: (untilMs) => flows.every((flow) => flow.settledMs() >= untilMs),
  })
}

export function judgeLosses(stage: Stage, services: string[], atMost: number, of: 'all' | 'others'): Judge {
  return (timeline, sinceMs) => {
    const { requests, losses } = timeline.traffic
    if (requests === 0) return { is: 'unjudgeable', detail: 'not one request was recorded' }
    const counted = losses.filter(
      (loss) =>
        endOf(loss) >= sinceMs &&
        services.includes(loss.endpoint) &&
        (of === 'all' || !isOfHurtPod(stage, timeline, loss)),
    )
    const oneTooMany = counted[atMost]
    if (oneTooMany) {
      const detail = `${counted.length} were lost (${describe(counted)}), one too many`
      return { is: 'broken', atMs: endOf(oneTooMany), detail }
    }
    const untold = timeline.traffic.lost - losses.length
    if (untold > 0)
      return { is: 'unjudgeable', detail: `lost ${untold} requests more than were written down` }
    const hurt =
      of === 'others'
        ? `, beside ${losses.length - counted.length} that may have been for a pod that was hurt,`
        : ''
    return { is: 'open', lastSeen: `${counted.length} of ${requests} requests lost${hurt}` }
  }
}

function describe(losses: Loss[]): string {
  const counts = new Map<string, number>()
  for (const { reason, connection } of losses) {
    const what = `${reason} on ${connection} connections`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  const [first, last] = [losses[0], losses.at(-1)]
  const when = first && last ? `, from ${at(first.atMs)} to ${at(last.atMs)}` : ''
  return `${[...counts].map(([what, n]) => `${n} ${what}`).join(', ')}${when}`
}

/** By its own word where a connection had one; otherwise while a hurt pod was going down, as a request may have met it. */
function isOfHurtPod(stage: Stage, timeline: Timeline, loss: Loss): boolean {
  if (loss.pod !== undefined) {
    const known = timeline.of('pod').find(({ detail }) => detail.name === loss.pod)
    if (known) return isHurt(stage, known.uid)
  }
  return stage.faults.some(({ effect, injectedAtMs }) =>
    hurtPods(effect).some((uid) => {
      const untilMs = lastDamageMs(timeline, uid, injectedAtMs) + proxyFollowsMs
      return endOf(loss) >= injectedAtMs && loss.atMs <= untilMs
    }),
  )
}

/** A request that was in flight when the fault struck is lost by it, though it was sent before. */
function endOf({ atMs, tookMs = 0 }: Loss): number {
  return atMs + tookMs
}

/** The last time since the fault that a container of the pod ended, its endpoint stopped being ready, or it went. */
function lastDamageMs(timeline: Timeline, uid: string, sinceMs: number): number {
  const signs = [
    ...timeline.of('container-terminated', uid),
    ...timeline.of('endpoint-ready', uid),
    ...timeline.of('pod', uid),
  ].flatMap(({ toMs }) => (toMs === null ? [] : [toMs]))
  return Math.max(sinceMs, ...signs)
}
