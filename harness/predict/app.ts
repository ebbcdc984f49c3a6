import type { AppTiming } from '../model/fault.ts'
import type { Term } from '../model/result.ts'
import { failuresToThreshold, moreOf, startsUp } from './probes.ts'
import { type ContainerTiming, type PodTiming, type ProbeTiming, resolveProbe } from './spec.ts'
import { atOnceAtBest, period, slowestOf, sum } from './terms.ts'

const source = 'https://kubernetes.io/docs/concepts/workloads/pods/probes/'

/**
 * From the start of a container to the failure that reaches its liveness' threshold, where the app is well until then.
 * A failing answer is taken to come at once, as a status does.
 */
export function fallsIll(liveness: ProbeTiming, illAfterMs: number): Term[] {
  const { delayMs, leastDelayMs, periodMs } = resolveProbe(liveness)
  const range: [number, number] = [
    Math.max(illAfterMs, leastDelayMs),
    Math.max(illAfterMs, delayMs) + periodMs,
  ]
  return [
    period(`the app is well for ${illAfterMs / 1_000} s, to the next tick of its liveness`, range, source),
    ...failuresToThreshold(liveness, { with: 'status', status: 500 }),
  ]
}

/**
 * From the start of its containers to a new pod's readiness: the slowest of them. No sooner than their initial delays,
 * nor than an app which is the only one is ready by its own word.
 */
export function firstReady(pod: PodTiming, { readyAfterMs = 0 }: AppTiming, readyTookMs = 0): Term[] {
  const [only, another] = pod.containers
  const isOnly = only !== undefined && another === undefined
  const waits = pod.containers.map((container) => [
    ...atOnceAtBest(startsUp(container)),
    readyFrom(container, isOnly ? readyAfterMs : 0, Math.max(readyAfterMs, readyTookMs)),
  ])
  const slowest = slowestOf(waits)
  const earliestMs = Math.max(0, ...waits.map((terms) => sum(terms).earliestMs))
  if (sum(slowest).earliestMs === earliestMs) return slowest
  return [period('every container is ready, the slowest last', [earliestMs, sum(slowest).latestMs], source)]
}

function readyFrom({ name, readinessProbe }: ContainerTiming, leastMs: number, mostMs: number): Term {
  if (!readinessProbe) return period(`${name} is ready once it runs`, [leastMs, mostMs], source)
  const { delayMs, leastDelayMs, periodMs, successes } = resolveProbe(readinessProbe)
  const [leastMoreMs, moreMs] = moreOf(successes, periodMs)
  const inARow = successes > 1 ? `, and ${successes} successes in a row` : ''
  return period(
    `initialDelaySeconds of the readiness of ${name}, or its app's own time, to the next tick${inARow}`,
    [Math.max(leastMs, leastDelayMs) + leastMoreMs, Math.max(mostMs, delayMs) + periodMs + moreMs],
    source,
  )
}
