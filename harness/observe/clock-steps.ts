import { type Clock, readEpochAtZero } from '../cluster/clock.ts'
import { formatMs } from '../model/duration.ts'
import type { Recorder } from './recorder.ts'

export interface ClockSteps {
  clock: Clock
  recorder: Pick<Recorder, 'now' | 'record'>
  signal: AbortSignal
}

const lookEveryMs = 1_000
/** What keeps time slews a clock by half a millisecond a second at most: https://www.man7.org/linux/man-pages/man3/adjtime.3.html */
const stepFromMs = 250

/**
 * Watches the machine's clock against the monotonic one until the signal: a step of it is a gap. The harness's own times
 * stay right, but those of prober, logs and runtime come from that clock, and Kubernetes' own leases are held against it. A
 * machine that slept meanwhile looks the same, and is as good as one.
 */
export async function watchClock({ clock, recorder, signal }: ClockSteps): Promise<void> {
  let known = readEpochAtZero(clock, clock)
  let fromMs = recorder.now()
  while (!signal.aborted) {
    await clock.sleep(lookEveryMs, signal).catch(() => undefined)
    const stepMs = readEpochAtZero(clock, clock) - known
    const atMs = recorder.now()
    if (Math.abs(stepMs) >= stepFromMs) {
      const way = stepMs > 0 ? 'forward' : 'back'
      const reason = `the machine's clock was set ${way} by ${formatMs(Math.abs(stepMs))}`
      recorder.record({ source: 'gap', atMs, fromMs, watch: 'clock', reason })
    }
    known += stepMs
    fromMs = atMs
  }
}
