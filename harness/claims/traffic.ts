import { formatMs } from '../model/duration.ts'
import { UsageError } from '../model/errors.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Asked, Traffic } from '../timeline/traffic.ts'
import type { Workload } from '../workload/workload.ts'
import { timesOutFactor, tooSlowToJudge } from './too-slow.ts'

/** The Services of a workload that traffic is sent to, and whether every request up to a time is accounted for. */
export interface TrafficOf {
  services: string[]
  settled(untilMs: number): boolean
}

/** @throws UsageError where no traffic is sent to the workload: a claim about requests would hold for nothing. */
export function trafficOf({ stage, shape, subject }: Workload, claim: string): TrafficOf {
  const names = shape.services.map(({ name }) => name)
  const flows = stage.traffic.filter(({ service }) => names.includes(service))
  if (flows.length === 0) {
    throw new UsageError(`${subject}: ${claim} needs traffic, and none was sent to it`, {
      remedy: "Deploy it with a Service and a path to ask for: deploy(chart, { traffic: { path: '/' } }).",
    })
  }
  return {
    services: flows.map(({ service }) => service),
    settled: (untilMs) => flows.every((flow) => flow.settledMs() >= untilMs),
  }
}

/** The requests through these Services that ended at `sinceMs` or later. */
export function askedSince({ asked }: Traffic, services: string[], sinceMs: number): Asked[] {
  return asked.filter(
    ({ direct, endMs, service }) => !direct && endMs >= sinceMs && services.includes(service),
  )
}

/** The prober gives up after 2 s (harness/image/prober.ts); where it does so later, it had no CPU itself. */
const givesUpMs = 2_000
const heldUpMs = 100

function heldUp(tookMs: number): string | undefined {
  const lateMs = tookMs - givesUpMs
  if (lateMs < heldUpMs) return undefined
  return `this machine was too slow to judge: the prober itself was held up for ${formatMs(lateMs)}`
}

/** Why these losses may be the machine's doing: each has timed out, while it was too slow. Undefined where one was not. */
export function excuseFor(timeline: Timeline, losses: Asked[]): string | undefined {
  const excuses = losses.map(({ lost, sentMs, endMs }) =>
    lost === 'timeout'
      ? (heldUp(endMs - sentMs) ?? tooSlowToJudge(timeline, sentMs, endMs, timesOutFactor))
      : undefined,
  )
  return excuses.every((excuse) => excuse !== undefined) ? excuses[0] : undefined
}
