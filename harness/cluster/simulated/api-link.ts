/** A machine's way to the API server. Cut off, it neither hears nor is heard; all else on it goes on. */
export class ApiLink {
  private cut = false
  private readonly waiting = new Set<() => void>()
  private readonly listeners: (() => void)[] = []

  get isCut(): boolean {
    return this.cut
  }

  /** Calls back whenever it has been mended, after all that waited for that. */
  onMended(listener: () => void): void {
    this.listeners.push(listener)
  }

  cutOff(): void {
    this.cut = true
  }

  mend(): void {
    if (!this.cut) return
    this.cut = false
    const waiting = [...this.waiting]
    this.waiting.clear()
    for (const act of waiting) act()
    for (const listener of this.listeners) listener()
  }

  /** True where nothing passes now: `act` does once it is mended. */
  holds(act: () => void): boolean {
    if (this.cut) this.waiting.add(act)
    return this.cut
  }
}
