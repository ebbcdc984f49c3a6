import type { VirtualClock } from '../virtual-clock.ts'
import type { Log } from '../world.ts'

interface Follower {
  onLine(text: string, epochMs: number): void
  onEnd(): void
}

/** So many lines are kept at most, and so many fewer once there were more: to take one away at a time would cost. */
const keptAtMost = 10_000
const keptAtLeast = 9_000

/** What a process has written, of which only the newest lines are kept. */
export class ProcessLog implements Log {
  readonly lines: { epochMs: number; text: string }[] = []
  private readonly clock: VirtualClock
  private readonly followers = new Set<Follower>()
  private isEnded = false

  constructor(clock: VirtualClock) {
    this.clock = clock
  }

  write(text: string): void {
    if (this.isEnded) return
    if (this.lines.length === keptAtMost) this.lines.splice(0, keptAtMost - keptAtLeast)
    const epochMs = this.clock.epoch()
    this.lines.push({ epochMs, text })
    for (const { onLine } of [...this.followers]) onLine(text, epochMs)
  }

  /** Nothing more is written. */
  end(): void {
    this.isEnded = true
    const followers = [...this.followers]
    this.followers.clear()
    for (const { onEnd } of followers) onEnd()
  }

  follow(onLine: (text: string, epochMs: number) => void, onEnd: () => void): () => void {
    const follower = { onLine, onEnd }
    for (const { text, epochMs } of [...this.lines]) onLine(text, epochMs)
    if (this.isEnded) onEnd()
    else this.followers.add(follower)
    return () => void this.followers.delete(follower)
  }
}
