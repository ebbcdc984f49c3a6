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
