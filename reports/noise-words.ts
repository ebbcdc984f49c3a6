import { formatMs } from '../harness/model/duration.ts'
import type { Noise } from '../harness/model/result.ts'

/** How busy the machine was, on one line. */
export function noiseLine({ apiMs, watchMs, cpuWaiting }: Noise): string {
  const times = (what: string, of: { p50: number; max: number } | undefined): string[] =>
    of ? [`${what} ${formatMs(of.p50)} (max ${formatMs(of.max)})`] : []
  const cpu = cpuWaiting
    ? [`waiting for CPU ${percent(cpuWaiting.p50)} of the time (max ${percent(cpuWaiting.max)})`]
    : []
  return `machine: ${[...times('API writes', apiMs), ...times('watch events', watchMs), ...cpu].join(', ')}`
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
