const firstMs = 10_000

interface Entry {
  ms: number
  updatedMs: number
}

/**
 * How long to wait before something is tried again: nothing, 10 s, then doubled each time up to a limit; forgotten after
 * twice the limit. client-go/util/flowcontrol/backoff.go
 */
export class BackOff {
  private readonly mostMs: number
  private readonly entries = new Map<string, Entry>()

  constructor(mostMs: number) {
    this.mostMs = mostMs
  }

  /** Whether less than the wait has gone by since then. */
  isWaiting(key: string, sinceMs: number, nowMs: number): boolean {
    const entry = this.entries.get(key)
    if (!entry || this.hasExpired(entry, sinceMs)) return false
    return nowMs - sinceMs < entry.ms
  }

  /** The same, counted from the last failure. */
  isWaitingSinceUpdate(key: string, nowMs: number): boolean {
    const entry = this.entries.get(key)
    return entry !== undefined && !this.hasExpired(entry, nowMs) && nowMs - entry.updatedMs < entry.ms
  }

  msOf(key: string): number {
    return this.entries.get(key)?.ms ?? 0
  }

  /** It is tried again now. */
  next(key: string, sinceMs: number, nowMs: number): void {
    const entry = this.entries.get(key)
    const isNew = !entry || this.hasExpired(entry, sinceMs)
    const ms = Math.min(isNew ? firstMs : entry.ms * 2, this.mostMs)
    this.entries.set(key, { ms, updatedMs: nowMs })
  }

  private hasExpired({ updatedMs }: Entry, atMs: number): boolean {
    return atMs - updatedMs > 2 * this.mostMs
  }
}
