import { formatMs } from '../harness/model/duration.ts'
import type { Noise } from '../harness/model/result.ts'

/** How busy the machine was, on one line. */
export function noiseLine({ apiMs, watchMs, cpuWaiting, cpuQueue }: Noise): string {
  const times = (what: string, of: { p50: number; max: number } | undefined): string[] =>
    of ? [`${what} ${formatMs(of.p50)} (max ${formatMs(of.max)})`] : []
  const cpu = cpuWaiting
    ? [`waiting for CPU ${percent(cpuWaiting.p50)} of the time (max ${percent(cpuWaiting.max)})`]
    : []
  const queue = cpuQueue
    ? [`${cpuQueue.p50.toFixed(1)} tasks for each CPU (max ${cpuQueue.max.toFixed(1)})`]
    : []
  return `machine: ${[...times('API writes', apiMs), ...times('watch events', watchMs), ...cpu, ...queue].join(', ')}`
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
