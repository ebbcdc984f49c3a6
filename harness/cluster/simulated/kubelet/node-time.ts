import type { Timer, VirtualClock } from '../virtual-clock.ts'

/** When something may happen on a machine. */
export interface Time {
  readonly nowMs: number
  after(ms: number, act: () => void): Timer
  /** True where nothing may happen now: `act` does later, or never. */
  holds(act: () => void): boolean
}

/** Time on one machine, while one program runs on it: what is due while it is frozen happens once it goes on. */
export class NodeTime implements Time {
  private readonly clock: VirtualClock
  private readonly held = new Set<() => void>()
  private frozen = false
  private ended = false

  constructor(clock: VirtualClock) {
    this.clock = clock
  }

  get nowMs(): number {
    return this.clock.now()
  }

  after(ms: number, act: () => void): Timer {
    const timer = this.clock.after(ms, () => {
      if (!this.holds(act)) act()
    })
    return {
      cancel: () => {
        timer.cancel()
        this.held.delete(act)
      },
    }
  }

  /** True where nothing may happen now: `act` does once the machine goes on, or never where the program has ended. */
  holds(act: () => void): boolean {
    if (this.frozen && !this.ended) this.held.add(act)
    return this.frozen || this.ended
  }

  freeze(): void {
    this.frozen = true
  }

  thaw(): void {
    this.frozen = false
    const held = [...this.held]
    this.held.clear()
    for (const act of held) if (!this.holds(act)) act()
  }

  /** Nothing more happens. */
  end(): void {
    this.ended = true
    this.held.clear()
  }
}

/** Time for one piece of work, until it is given up. */
export class WorkTime implements Time {
  private readonly time: Time
  private isGivenUp = false

  constructor(time: Time) {
    this.time = time
  }

  get nowMs(): number {
    return this.time.nowMs
  }

  after(ms: number, act: () => void): Timer {
    return this.time.after(ms, () => {
      if (!this.isGivenUp) act()
    })
  }

  holds(act: () => void): boolean {
    const later = () => {
      if (!this.isGivenUp) act()
    }
    return this.isGivenUp || this.time.holds(later)
  }

  giveUp(): void {
    this.isGivenUp = true
  }
}
