import { readFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import type { Clock } from '../../harness/cluster/clock.ts'

/** How tasks wait for a CPU. https://docs.kernel.org/accounting/psi.html */
export interface Pressure {
  /** Per cent of the last ten seconds in which some task waited. */
  avg10: number
  /** How long some task has waited since the machine was started, in milliseconds. */
  totalMs: number
}

/** What a machine is doing, as far as it tells. */
export interface Load {
  /** Absent where the kernel keeps no pressure. */
  pressure?: Pressure
  /** The load average of the last minute. */
  load1: number
}

/** The line `some` of `/proc/pressure/cpu`; undefined where it has none. */
export function parsePressure(text: string): Pressure | undefined {
  const [, avg10, total] = /^some avg10=([\d.]+) .*total=(\d+)$/m.exec(text) ?? []
  return avg10 === undefined ? undefined : { avg10: Number(avg10), totalMs: Number(total) / 1_000 }
}

export async function readLoad(): Promise<Load> {
  const pressure = parsePressure(await readFile('/proc/pressure/cpu', 'utf8').catch(() => ''))
  return { ...(pressure && { pressure }), load1: loadavg()[0] ?? 0 }
}

const calmPercent = 25
const lookAgainMs = 2_000

/** Few tasks wait for a CPU; where the kernel does not tell, fewer want one than there are cores. */
export function isCalm(
  { pressure, load1 }: { pressure?: Pick<Pressure, 'avg10'>; load1: number },
  cores: number = availableParallelism(),
): boolean {
  return pressure ? pressure.avg10 < calmPercent : load1 < cores
}

/** Waits until the machine is calm, or so long; gives how long that took, and the load that was seen last. */
export async function untilCalm(
  clock: Clock,
  read: () => Promise<Load>,
  withinMs: number,
  signal: AbortSignal,
): Promise<{ waitedMs: number; load: Load }> {
  const began = clock.now()
  for (;;) {
    const load = await read()
    const waitedMs = clock.now() - began
    if (isCalm(load) || waitedMs >= withinMs) return { waitedMs, load }
    await clock.sleep(Math.min(lookAgainMs, withinMs - waitedMs), signal)
  }
}
