import { beatEveryMs } from '../timeline/noise.ts'

const looks = 20

/**
 * Prints, again and again, a node's uptime, the time for which some task of its kernel has waited for a CPU, and how many
 * tasks ran or waited in so many looks at each of its CPUs, this one left out:
 *
 *     13535.26 some avg10=4.27 avg60=7.29 avg300=8.61 total=2505554974 running=58/40
 *
 * A kernel without pressure stall information prints nothing. https://docs.kernel.org/accounting/psi.html and
 * https://docs.kernel.org/filesystems/proc.html (loadavg)
 */
export const printPressure = [
  'bash',
  '-c',
  // A pipe that nobody writes into is a sleep without a process of its own.
  `exec {quiet}<> <(:)
cpus=$(nproc)
while read -r some </proc/pressure/cpu && read -r up _ </proc/uptime; do
  sum=0
  for ((n = 0; n < ${looks}; n++)); do
    read -r _ _ _ tasks _ </proc/loadavg
    ((sum += \${tasks%/*} - 1))
    read -rt ${beatEveryMs / 1_000 / looks} -u "$quiet"
  done
  echo "$up $some running=$sum/$((n * cpus))"
done`,
]

interface Reading {
  upMs: number
  waitedMs: number
}

/** What was heard of the CPUs since it was last asked. */
export interface CpuUse {
  /** The share of time in which some task waited for one, 0 to 1. */
  cpuWaiting?: number
  /** Tasks that ran or waited, for each CPU, on average. */
  cpuQueue?: number
}

/** How busy a node's CPUs are, from the lines of {@link printPressure}. */
export class CpuPressure {
  private last: Reading | undefined
  private latest: Reading | undefined
  private readonly queues: number[] = []

  heard(line: string): void {
    const [, up, total, running, looked] =
      /^(\d{1,12}\.\d+) some .*\btotal=(\d{1,20})(?: running=(\d{1,9})\/(\d{1,9}))?$/.exec(line) ?? []
    if (up === undefined) return
    // In seconds and in microseconds, both by the node's own clock.
    this.latest = { upMs: Number(up) * 1_000, waitedMs: Number(total) / 1_000 }
    this.last ??= this.latest
    if (running !== undefined && Number(looked) > 0) this.queues.push(Number(running) / Number(looked))
  }

  /** Since it was last asked; what nothing has been heard of since is left out. */
  use(): CpuUse {
    const cpuWaiting = this.waiting()
    const queues = this.queues.splice(0)
    const cpuQueue = queues.reduce((sum, queue) => sum + queue, 0) / queues.length
    return {
      ...(cpuWaiting !== undefined && { cpuWaiting }),
      ...(queues.length > 0 && { cpuQueue }),
    }
  }

  private waiting(): number | undefined {
    const { last, latest } = this
    if (!last || !latest || latest.upMs <= last.upMs) return undefined
    this.last = latest
    return Math.max(0, Math.min(1, (latest.waitedMs - last.waitedMs) / (latest.upMs - last.upMs)))
  }
}
