import { setTimeout as delay } from 'node:timers/promises'

/** Time, as the harness sees it: virtual on a simulated cluster. */
export interface Clock {
  /** Milliseconds, monotonic, from an origin that means nothing. */
  now(): number
  /** Milliseconds since 1970, by the clock of the cluster's machines. */
  epoch(): number
  /** Resolves after so many milliseconds, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Work that has nothing to do with the cluster, as writing a file: virtual time stands still meanwhile. */
  outside<T>(work: () => Promise<T>): Promise<T>
}

/** Two looks that are further apart had this process held up between them. */
const togetherMs = 2

/**
 * What the clock of the cluster's machines shows when `zero.now()` is 0, in milliseconds since 1970. A busy machine may
 * hold this process up for hundreds of milliseconds between one clock and the other: both are read until they were read
 * together.
 */
export function readEpochAtZero(clock: Pick<Clock, 'epoch'>, zero: Pick<Clock, 'now'>): number {
  for (;;) {
    const nowMs = zero.now()
    const epochMs = clock.epoch()
    if (zero.now() - nowMs <= togetherMs) return epochMs - nowMs
  }
}

/** The machine's own monotonic clock. */
export const realClock: Clock = {
  now: () => performance.now(),
  epoch: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal && { signal })
    } catch (error) {
      throw signal?.aborted ? signal.reason : error
    }
  },
  outside: (work) => work(),
}
