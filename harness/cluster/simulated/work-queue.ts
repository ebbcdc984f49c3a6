import type { Random } from './random.ts'
import type { Timer, VirtualClock } from './virtual-clock.ts'

export interface WorkQueueOptions {
  clock: VirtualClock
  random: Random
  /** A key's work begins so long after it was asked for, at least and at most. */
  latencyMs: readonly [least: number, most: number]
  work(key: string): void
}

/** A controller's queue: a key that is in it already is not put there twice, as client-go's has it. */
export class WorkQueue {
  private readonly options: WorkQueueOptions
  private readonly timers = new Map<string, { atMs: number; timer: Timer }>()

  constructor(options: WorkQueueOptions) {
    this.options = options
  }

  add(key: string): void {
    const { random, latencyMs } = this.options
    this.addAfter(key, random.between(...latencyMs))
  }

  /** The earlier of two times at which the same key is asked for is the one that counts. */
  addAfter(key: string, ms: number): void {
    const { clock, work } = this.options
    const atMs = clock.now() + ms
    const known = this.timers.get(key)
    if (known && known.atMs <= atMs) return
    known?.timer.cancel()
    const timer = clock.at(atMs, () => {
      this.timers.delete(key)
      work(key)
    })
    this.timers.set(key, { atMs, timer })
  }
}
