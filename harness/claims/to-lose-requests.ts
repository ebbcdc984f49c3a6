import { counted } from '../model/counted.ts'
import { UsageError } from '../model/errors.ts'
import { hurtPods } from '../model/fault.ts'
import { podOf } from '../timeline/attribution.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Asked } from '../timeline/traffic.ts'
import type { Stage } from '../workload/stage.ts'
import type { Workload } from '../workload/workload.ts'
import { hold, isHurt } from './claim.ts'
import type { Judge } from './judgement.ts'
import { excused } from './too-slow.ts'
import { askedSince, excuseFor, trafficOf } from './traffic.ts'

export interface ToLoseRequestsOptions {
  atMost: number
  /**
   * `all` requests, which is the default, or those of `others` than the pods that the faults hurt. Where the route of a
   * lost request is not known, from the fault until two seconds after the last sign of damage to a hurt pod it counts
   * as that pod's.
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
  const { stage } = workload
  if (!Number.isInteger(atMost) || atMost < 0) {
    throw new UsageError(
      `toLoseRequests: atMost is ${JSON.stringify(atMost)}; a whole number from 0 on is expected`,
    )
  }
  const { services, settled } = trafficOf(workload, 'toLoseRequests')
  return hold({
    stage,
    workload,
    statement,
    subject: workload.subject,
    promise: `at most ${counted(atMost, 'request')}${of === 'others' ? ' of other pods' : ''} to be lost`,
    judge: judgeLosses(stage, services, atMost, of),
    rests: of === 'others' ? ['traffic', 'EndpointSlice'] : ['traffic'],
    settled,
  })
}

export function judgeLosses(stage: Stage, services: string[], atMost: number, of: 'all' | 'others'): Judge {
  return (timeline, sinceMs) => {
    if (!timeline.traffic.asked.some(({ direct, service }) => !direct && services.includes(service))) {
      return { is: 'unjudgeable', detail: 'not one request was recorded' }
    }
    const asked = askedSince(timeline.traffic, services, sinceMs)
    const losses = asked.filter(({ lost }) => lost !== undefined)
    const counted = losses.filter((loss) => of === 'all' || !isOfHurtPod(stage, timeline, loss))
    const certain = counted.filter((loss) => excuseFor(timeline, [loss]) === undefined)
    const oneTooMany = certain[atMost]
    if (!oneTooMany && counted.length > atMost) {
      const excuse = excuseFor(
        timeline,
        counted.filter((loss) => !certain.includes(loss)),
      )
      if (excuse) return excused(`${counted.length} were lost (${kindsOf(counted)})`, excuse)
    }
    if (oneTooMany) {
      const detail = `${counted.length} were lost (${kindsOf(counted)}), the first too many`
      return { is: 'broken', atMs: oneTooMany.endMs, detail }
    }
    const hurt = of === 'others' ? `, beside ${losses.length - counted.length} of pods that were hurt,` : ''
    return { is: 'open', lastSeen: `${counted.length} of ${asked.length} requests lost${hurt}` }
  }
}

/** `7 refused on new connections, 2 reset on reused connections`: why, the report tells. */
function kindsOf(losses: Asked[]): string {
  const kinds = Map.groupBy(losses, ({ lost, connection }) => `${lost} on ${connection} connections`)
  return [...kinds].map(([kind, { length }]) => `${length} ${kind}`).join(', ')
}

/** By its route, or by its own word where a connection had one; otherwise while a hurt pod was going down. */
function isOfHurtPod(stage: Stage, timeline: Timeline, loss: Asked): boolean {
  const known = podOf(timeline, loss)
  if (known) return isHurt(stage, known.pod.uid)
  return stage.faults.some(({ effect, injectedAtMs }) =>
    hurtPods(effect).some((uid) => {
      const untilMs = lastDamageMs(timeline, uid, injectedAtMs) + proxyFollowsMs
      return loss.endMs >= injectedAtMs && loss.sentMs <= untilMs
    }),
  )
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
