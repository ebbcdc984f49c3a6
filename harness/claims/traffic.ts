import { UsageError } from '../model/errors.ts'
import type { Asked, Traffic } from '../timeline/traffic.ts'
import type { Workload } from '../workload/workload.ts'

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
