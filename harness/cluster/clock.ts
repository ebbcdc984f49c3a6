import { setTimeout as delay } from 'node:timers/promises'

/** Time, as the harness sees it: virtual on a simulated cluster. */
export interface Clock {
  /** Milliseconds, monotonic, from an origin that means nothing. */
  now(): number
  /** Resolves after so many milliseconds, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The machine's own monotonic clock. */
export const realClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal && { signal })
    } catch (error) {
      throw signal?.aborted ? signal.reason : error
    }
  },
}
