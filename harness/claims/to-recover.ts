import type { Duration } from '../model/duration.ts'
import type { WorkloadShape } from '../model/observation.ts'
import { predict } from '../predict/predict.ts'
import { holdSteadyMs, steadiness, whyNotMade } from '../timeline/steady.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Workload } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { at, type Judge } from './judgement.ts'
import { workloadSituation } from './situation.ts'

export interface ToRecoverOptions {
  within?: Duration
}

/** Every replica is ready and in its Service again, after the workload was seen not to be as it had been. */
export function toRecover(workload: Workload, options: ToRecoverOptions, statement: string): Promise<void> {
  return respond({
    stage: workload.stage,
    statement,
    subject: workload.subject,
    promise: 'every replica to be ready and in its Service again',
    judge: judgeRecovered(workload.shape),
    rests: ['Pod', 'EndpointSlice', 'Deployment'],
    predict: (fault) => predict.recovers(workloadSituation(workload.stage, workload, fault)),
    within: options.within,
    fromRevert: true,
    lastsMs: holdSteadyMs,
  })
}

/** What the ReplicaSets of a workload said of pods that they could not make. */
function refusals(timeline: Timeline, { roots }: WorkloadShape, sinceMs: number): string {
  const sets = new Set(timeline.of('revision').map(({ uid }) => uid))
  const own = [...sets].filter((set) => roots.some((root) => timeline.isControlledBy(set, root.uid)))
  return own.map((set) => whyNotMade(timeline, set, sinceMs)).join('')
}

export function judgeRecovered(shape: WorkloadShape): Judge {
  return (timeline, sinceMs) => {
    const steady = timeline.of('steady', shape.name)
    const before = steady.findLast(({ fromMs }) => fromMs <= sinceMs)
    if (!before || (before.toMs !== null && before.toMs < sinceMs)) {
      return { is: 'unjudgeable', detail: 'was not steady when the fault was injected' }
    }
    if (before.toMs === null) return { is: 'open', lastSeen: 'no damage was seen that it could recover from' }
    const last = steady.at(-1)
    if (last && last !== before && last.toMs === null) {
      return { is: 'held', atMs: last.fromMs, detail: 'every replica was ready and in its Service' }
    }
    const now = steadiness(timeline, shape)
    const missing = now.steady ? 'it was steady only for a moment' : now.missing
    return {
      is: 'open',
      lastSeen: `not since ${at(before.toMs)}: ${missing}${refusals(timeline, shape, sinceMs)}`,
    }
  }
}
