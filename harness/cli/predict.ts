import { timingOfVersion } from '../model/cluster-timing.ts'
import { roomOf, sendsTo, weakSpots } from '../predict/weak-spots.ts'
import { forecasts } from './predict/forecast.ts'
import { type LoadOptions, loadChart } from './predict/load.ts'
import { page, type Told } from './predict/print.ts'
import { readManifest } from './predict/read.ts'

export interface PredictArguments extends LoadOptions {
  /** The version whose settings are taken for the cluster's, as `1.34`. */
  kubernetes: string
  json: boolean
}

const widest = 100

/**
 * Prints what should follow each fault of a manifest's or a chart's pods, and when, and what is weak in their spec. Asks
 * no cluster.
 *
 * @throws UsageError for what cannot be understood.
 */
export async function predictCommand(file: string, options: PredictArguments): Promise<void> {
  const cluster = timingOfVersion(options.kubernetes)
  const { workloads: read, notes } = readManifest(file, await loadChart(file, options))
  const workloads = read.map(({ workload, services, budgets, workloads }): Told => {
    const { subject, replicas, labels } = workload
    return {
      ...{ subject, replicas },
      services: services.filter((service) => sendsTo(service, labels)).map((service) => service.subject),
      faults: forecasts(workload, services, cluster, roomOf(workload, budgets, workloads)),
      weakSpots: weakSpots(workload, { workloads, services, budgets }),
    }
  })
  const { stdout } = process
  const head = `${file}, on Kubernetes ${options.kubernetes}: what should follow each fault, and when`
  const colour = stdout.isTTY && !process.env.NO_COLOR
  const width = Math.min(stdout.columns ?? widest, widest)
  await write(
    options.json
      ? JSON.stringify({ kubernetes: options.kubernetes, workloads, notes }, null, 2)
      : page(head, workloads, notes, { colour, width }),
  )
}

/** Waits until it is written. Whoever reads it, as `head`, may have seen enough: that is no error. */
function write(text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const settle = (error?: NodeJS.ErrnoException | null) =>
    error && error.code !== 'EPIPE' ? reject(error) : resolve()
  process.stdout.on('error', settle).write(`${text}\n`, settle)
  return promise
}
