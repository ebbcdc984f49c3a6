import { beatEveryMs } from '../timeline/noise.ts'

/**
 * Prints a node's uptime and the time for which some task of its kernel has waited for a CPU, which a kernel without
 * pressure stall information does not tell: `13535.26 some avg10=4.27 avg60=7.29 avg300=8.61 total=2505554974`.
 * https://docs.kernel.org/accounting/psi.html
 */
export const printPressure = [
  'bash',
  '-c',
  `while read -r some </proc/pressure/cpu && read -r up _ </proc/uptime; do echo "$up $some"; sleep ${beatEveryMs / 1_000}; done`,
]

interface Reading {
  upMs: number
  waitedMs: number
}

/** The share of time in which some task waited for a CPU, from the lines of {@link printPressure}. */
export class CpuPressure {
  private last: Reading | undefined
  private latest: Reading | undefined

  heard(line: string): void {
    const [, up, total] = /^(\d+\.\d+) some .*\btotal=(\d+)$/.exec(line) ?? []
    if (up === undefined) return
    // In seconds and in microseconds, both by the node's own clock.
    this.latest = { upMs: Number(up) * 1_000, waitedMs: Number(total) / 1_000 }
    this.last ??= this.latest
  }

  /** Since it was last asked, 0 to 1; undefined where nothing has been heard since. */
  share(): number | undefined {
    const { last, latest } = this
    if (!last || !latest || latest.upMs <= last.upMs) return undefined
    this.last = latest
    return Math.min(1, (latest.waitedMs - last.waitedMs) / (latest.upMs - last.upMs))
  }
}
