import type { Duration } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import { predict } from '../predict/predict.ts'
import type { Pod } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { at, type Judge } from './judgement.ts'
import { podSpecOf, situationOf } from './situation.ts'

export interface ToHaveEventsOptions {
  /** Of this container alone; of the pod and all its containers unless given. */
  container?: string
  within?: Duration
}

/**
 * Kubernetes' own events tell of the pod since the fault, by these reasons and in this order, whatever comes between them.
 * What their messages say is no promise.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
export function toHaveEvents(
  pod: Pod,
  options: ToHaveEventsOptions & { reasons: readonly string[] },
  statement: string,
): Promise<void> {
  const { reasons, within } = options
  const isReason = (one: unknown) => typeof one === 'string' && one !== ''
  if (!Array.isArray(reasons) || reasons.length === 0 || !reasons.every(isReason)) {
    throw new UsageError(
      `toHaveEvents: ${JSON.stringify(reasons)} are no reasons of events; give them in their order, as ['Unhealthy', 'Killing']`,
    )
  }
  const { stage } = pod
  const container = options.container === undefined ? undefined : pod.container(options.container)
  return respond({
    ...{ stage, statement, within, podUid: pod.uid },
    subject: container === undefined ? pod.subject : `${pod.subject}/${container}`,
    promise: `to have the events ${reasons.join(', ')}`,
    judge: judgeEvents(pod.uid, reasons, container),
    rests: ['Event'],
    predict: (fault) => predict.logs(situationOf(stage, podSpecOf(pod), fault, container)),
  })
}

export function judgeEvents(uid: string, reasons: readonly string[], container?: string): Judge {
  return (timeline, sinceMs) => {
    const isOf = (fieldPath: string | null) =>
      container === undefined || fieldPath?.endsWith(`{${container}}`) === true
    const seen = timeline
      .of('event', uid)
      .filter(({ fromMs, detail }) => fromMs >= sinceMs && isOf(detail.fieldPath))
    const found: number[] = []
    for (const { fromMs, detail } of seen) if (detail.reason === reasons[found.length]) found.push(fromMs)
    const told = found.map((atMs, n) => `${reasons[n]} at ${at(atMs)}`).join(', ')
    const lastMs = found.at(-1)
    if (lastMs !== undefined && found.length >= reasons.length)
      return { is: 'held', atMs: lastMs, detail: `had ${told}` }
    const next = reasons[found.length]
    return {
      is: 'open',
      lastSeen: told === '' ? `it had no event ${next}` : `it had ${told}, and no ${next} after`,
    }
  }
}
