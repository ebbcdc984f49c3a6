import { formatMs } from '../harness/model/duration.ts'
import type { Result, ScenarioResult } from '../harness/model/result.ts'

/** How long a run may take by its predictions, and how long it took. Milliseconds. */
export interface WallTime {
  tookMs: number
  /** The latest end of the longest shared file: its scenarios are played one after the other. */
  longestSharedMs: number
  /** All exclusive scenarios, one after the other. */
  exclusiveMs: number
}

/**
 * What a run had to wait for at most: shared files beside each other, then what hurts nodes. What it took beyond that
 * went into the cluster, into files that waited for their turn, and into what is undone after each scenario.
 */
export function wallTime({ run, scenarios }: Result): WallTime {
  const played = scenarios.filter(({ verdict }) => verdict !== 'skipped')
  const files = Map.groupBy(
    played.filter(({ exclusive }) => !exclusive),
    ({ file }) => file,
  )
  const total = (some: ScenarioResult[]) => some.reduce((ms, scenario) => ms + chainMs(scenario), 0)
  return {
    tookMs: Date.parse(run.finishedAt) - Date.parse(run.startedAt),
    longestSharedMs: Math.max(0, ...[...files.values()].map(total)),
    exclusiveMs: total(played.filter(({ exclusive }) => exclusive)),
  }
}

/** What a scenario waits for, one thing after the other. Claims with one anchor wait beside each other. */
function chainMs({ waits = [], claims }: ScenarioResult): number {
  const anchored = Map.groupBy(claims, ({ anchor }) => anchor?.atMs)
  const dueMs = [...anchored.values()].map((some) =>
    Math.max(
      ...some.map(({ within, predicted, watchedMs }) => within ?? predicted?.latestMs ?? watchedMs ?? 0),
    ),
  )
  return [...waits.map(({ predictedMs }) => predictedMs), ...dueMs].reduce((sum, ms) => sum + ms, 0)
}

/** The same in words; undefined where there was nothing to wait for, or time was virtual. */
export function wallTimeLine(result: Result): string | undefined {
  const { tookMs, longestSharedMs, exclusiveMs } = wallTime(result)
  const predictedMs = longestSharedMs + exclusiveMs
  if (predictedMs === 0 || result.run.cluster?.provider === 'simulated') return undefined
  const parts = [
    ...(longestSharedMs > 0 ? [`its longest shared file up to ${formatMs(longestSharedMs)}`] : []),
    ...(exclusiveMs > 0 ? [`its exclusive scenarios up to ${formatMs(exclusiveMs)} together`] : []),
  ]
  const times = (tookMs / predictedMs).toFixed(2)
  return `It took ${formatMs(tookMs)}; by the predictions ${parts.join(', ')}: ${times} times that`
}
