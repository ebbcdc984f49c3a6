import type { FaultRecord } from '../model/fault.ts'
import { roleLabel } from '../model/limits.ts'
import type { FaultResult, ScenarioResult, TrafficResult } from '../model/result.ts'
import type { Recorder } from '../observe/recorder.ts'
import { attribute } from '../timeline/attribution.ts'
import { explain } from '../timeline/explain.ts'
import { noiseSummary } from '../timeline/noise.ts'
import { percentile } from '../timeline/percentile.ts'
import { shutdownOf, stoppedContainers } from '../timeline/shutdown.ts'
import type { Timeline } from '../timeline/timeline.ts'

/** What a scenario's recording comes to, as far as its story needs it. */
export function seenIn(
  recorder: Recorder,
  faults: FaultRecord[],
  hasTraffic: boolean,
): Partial<ScenarioResult> {
  const { timeline } = recorder
  const noise = noiseSummary(timeline)
  // The prober and the proxy belong to the harness: the recording has them, the story does not need them.
  const own = new Set(
    timeline.of('pod').flatMap(({ uid, detail }) => (detail.labels[roleLabel] ? [uid] : [])),
  )
  return {
    faults: faults.map(faultResult),
    intervals: timeline
      .all()
      .filter(({ uid }) => !own.has(uid))
      .map((interval) => ({ ...interval, detail: { ...interval.detail } })),
    gaps: timeline.of('gap').map(({ fromMs, toMs, detail }) => ({ ...detail, fromMs, toMs: toMs ?? fromMs })),
    ...(noise && { noise }),
    ...(hasTraffic && { traffic: trafficResult(timeline) }),
    ...shutdownsIn(timeline),
  }
}

function faultResult({ kind, target, injectedAtMs, receipt, revertedAtMs }: FaultRecord): FaultResult {
  return { kind, target, injectedAtMs, receipt, ...(revertedAtMs !== undefined && { revertedAtMs }) }
}

const keptLosses = 200

function trafficResult(timeline: Timeline): TrafficResult {
  const { asked, losses, requests, longestGapMs } = timeline.traffic
  const taken = asked
    .filter(({ direct, lost }) => !direct && lost === undefined)
    .map(({ sentMs, endMs }) => endMs - sentMs)
    .sort((a, b) => a - b)
  const at = (share: number) => percentile(taken, share)
  const attributed = losses.slice(0, keptLosses).map((loss) => attribute(timeline, loss))
  return {
    ...{ requests, lost: losses.length, longestGapMs, losses: attributed },
    ...(taken.length > 0 && { latency: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) } }),
    ...(losses.length > 0 && { explanations: explain(timeline, losses) }),
  }
}

function shutdownsIn(timeline: Timeline): Pick<ScenarioResult, 'shutdowns'> {
  const roots = timeline.workloads.flatMap((workload) => workload.roots)
  const pods = timeline
    .of('pod-terminating')
    .filter(({ uid }) => roots.some((root) => timeline.isControlledBy(uid, root.uid)))
  const shutdowns = pods.flatMap(({ uid }) =>
    stoppedContainers(timeline, uid).flatMap((container) => shutdownOf(timeline, uid, container) ?? []),
  )
  return shutdowns.length > 0 ? { shutdowns } : {}
}
