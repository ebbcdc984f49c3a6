import { setImmediate } from 'node:timers'
import type { Clock } from '../clock.ts'
import { type Entry, TimerHeap } from './timer-heap.ts'

/** Something that will happen. */
export interface Timer {
  cancel(): void
}

/** So many things happen before other work of this process gets its turn. */
const atOnce = 1_000

/** 2026-01-01T00:00:00Z, on every simulated cluster. */
const epochAtZero = Date.UTC(2026, 0, 1)

/**
 * Time that goes on by leaps, from one thing that is due to the next, once everything that runs now has come to a wait.
 * It stands still while nobody waits for it with `sleep`, and during `outside`.
 */
export class VirtualClock implements Clock {
  private readonly due = new TimerHeap()
  private nowMs = 0
  private orders = 0
  private waiting = 0
  private standing = 0
  private running = false
  private stopped = false
  /** Something may wait to run that a timer has let go on. */
  private stirred = false

  now(): number {
    return this.nowMs
  }

  epoch(): number {
    return epochAtZero + this.nowMs
  }

  at(atMs: number, act: () => void): Timer {
    const entry: Entry = { atMs: Math.max(atMs, this.nowMs), order: this.orders++, act }
    if (!this.stopped) this.due.push(entry)
    return {
      cancel: () => {
        if (!entry.act) return
        entry.act = undefined
        this.due.forget()
      },
    }
  }

  after(ms: number, act: () => void): Timer {
    return this.at(this.nowMs + ms, act)
  }

  /** The first time after `firstMs`. */
  every(periodMs: number, act: () => void, firstMs = periodMs): Timer {
    let next: Timer
    const tick = () => {
      next = this.after(periodMs, tick)
      act()
    }
    next = this.after(firstMs, tick)
    return { cancel: () => next.cancel() }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.waiting++
    const timer = this.after(ms, () => {
      this.waiting--
      signal?.removeEventListener('abort', abort)
      this.stir()
      resolve()
    })
    const abort = () => {
      timer.cancel()
      this.waiting--
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
    this.run()
    return promise
  }

  async outside<T>(work: () => Promise<T>): Promise<T> {
    this.standing++
    try {
      return await work()
    } finally {
      this.standing--
      this.run()
    }
  }

  /** To be called by whatever lets somebody else's promise go on: time waits until that has run as far as it can. */
  stir(): void {
    this.stirred = true
  }

  /** Nothing more happens. */
  stop(): void {
    this.stopped = true
    this.due.clear()
  }

  /** Lets everything happen that is due in so many milliseconds, at once and without giving way to promises: for tests. */
  advance(ms: number): void {
    const untilMs = this.nowMs + ms
    for (let next = this.due.peek(); next && next.atMs <= untilMs; next = this.due.peek()) this.happen()
    this.nowMs = untilMs
  }

  private run(): void {
    if (this.running || this.stopped) return
    this.running = true
    // Everything that can run without time passing runs first: a macrotask comes after all promises.
    setImmediate(() => this.pump())
  }

  private pump(): void {
    this.running = false
    this.stirred = false
    for (let count = 0; this.waiting > 0 && this.standing === 0 && this.due.peek(); count++) {
      if (this.stirred || count === atOnce) return this.run()
      this.happen()
    }
  }

  private happen(): void {
    const entry = this.due.pop()
    if (!entry?.act) return
    this.nowMs = entry.atMs
    entry.act()
  }
}
