import { type FaultEffect, hurtPods, type ProbeKind, stopsApiServer } from '../model/fault.ts'
import type { Interval } from '../model/interval.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import { timesOutFactor, tooSlowToJudge } from './too-slow.ts'

/** Why what became of a pod in a stretch of time may be the machine's doing, as the rest of a sentence; undefined where not. */
export type SlowProbe = (timeline: Timeline, uid: string, fromMs: number, toMs: number) => string | undefined

/** An event comes so long after what it tells of, and the probe was begun as long before. */
const lagMs = 3_000
/** Of HTTP, of TCP, and of a command or gRPC: each seen in the kubelet's events of Kubernetes 1.34. */
const timedOut = /deadline exceeded|i\/o timeout|timed out/

/** The kubelet kills a container for a failure of these. */
export const killingProbes: readonly ProbeKind[] = ['liveness', 'startup']

/**
 * A kubelet whose probe fails takes the pod out of its Services, or restarts its container; on a machine that is too slow
 * the pod may have had no CPU to answer with, or to begin to listen. Where a fault of the scenario fails these probes, it is
 * the fault's doing.
 *
 * @param kinds the probes by which it may have come to that
 */
export function slowProbe({ faults }: Pick<Stage, 'faults'>, kinds: readonly ProbeKind[]): SlowProbe {
  return (timeline, uid, fromMs, toMs) => {
    // What the kubelet did meanwhile is learnt only once the API server is back, and bears that time.
    if (faults.some(({ effect }) => stopsApiServer(effect))) return undefined
    const effects = faults.map(({ effect }) => effect).filter((effect) => hurtPods(effect).includes(uid))
    const own = kinds.filter((kind) => !effects.some((effect) => holdsUp(effect, kind)))
    const failures = timeline.of('event', uid).flatMap((event) => {
      const kind = own.find((one) => isFailureOf(event, one))
      return kind ? [{ kind, event }] : []
    })
    for (const { kind, event } of failures) {
      const { fromMs: atMs } = event
      const isOfThen = atMs >= fromMs - lagMs && atMs <= toMs + lagMs
      if (!isOfThen || !timedOut.test(event.detail.message)) continue
      const excuse = tooSlowToJudge(timeline, atMs - lagMs, atMs, timesOutFactor)
      if (excuse) return `its ${kind} probe timed out, and ${excuse}`
    }
    // Beyond judging an app has no time to begin to listen either, and events come late: 48 s with 40 tasks for each CPU.
    const [any] = failures
    const excuse = any && tooSlowToJudge(timeline, fromMs, toMs, Number.POSITIVE_INFINITY)
    return excuse ? `its ${any.kind} probe had failed, and ${excuse}` : undefined
  }
}

/** `Liveness probe failed: Get "http://10.244.1.7:8080/": context deadline exceeded (...)` */
function isFailureOf({ detail: { reason, message } }: Interval<'event'>, kind: ProbeKind): boolean {
  return reason === 'Unhealthy' && message.toLowerCase().startsWith(kind)
}

function holdsUp(effect: FaultEffect, kind: ProbeKind): boolean {
  if (effect.does === 'fail-probe') return effect.probes.includes(kind)
  return ['freeze', 'lose-node', 'lose-dependency'].includes(effect.does)
}
