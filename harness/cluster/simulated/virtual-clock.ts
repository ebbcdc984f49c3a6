import { setImmediate } from 'node:timers'
import type { Clock } from '../clock.ts'

/** Something that will happen. */
export interface Timer {
  cancel(): void
}

interface Entry {
  atMs: number
  /** What is due at the same time happens in the order in which it was asked for. */
  order: number
  /** Undefined once it is cancelled. */
  act: (() => void) | undefined
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
  private readonly due = new Heap()
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

/** Below so many entries it is not worth while to leave out those that were cancelled. */
const smallHeap = 1_000

/** Its least entry first: by time, then by order. */
class Heap {
  private entries: Entry[] = []
  private forgotten = 0

  /** One of them was cancelled. Those that are due long after would add up. */
  forget(): void {
    this.forgotten++
    if (this.entries.length < smallHeap || this.forgotten < this.entries.length / 2) return
    const kept = this.entries.filter(({ act }) => act)
    this.clear()
    for (const entry of kept.sort((a, b) => (isBefore(a, b) ? -1 : 1))) this.entries.push(entry)
  }

  peek(): Entry | undefined {
    return this.entries[0]
  }

  clear(): void {
    this.entries = []
    this.forgotten = 0
  }

  push(entry: Entry): void {
    const { entries } = this
    let at = entries.length
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = entries[parentAt]
      if (!parent || isBefore(parent, entry)) break
      entries[at] = parent
      at = parentAt
    }
    entries[at] = entry
  }

  pop(): Entry | undefined {
    const { entries } = this
    const least = entries[0]
    const last = entries.pop()
    if (least && !least.act) this.forgotten--
    if (!last || last === least) return least
    let at = 0
    for (;;) {
      let childAt = 2 * at + 1
      let child = entries[childAt]
      const right = entries[childAt + 1]
      if (child && right && isBefore(right, child)) {
        child = right
        childAt++
      }
      if (!child || isBefore(last, child)) break
      entries[at] = child
      at = childAt
    }
    entries[at] = last
    return least
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
