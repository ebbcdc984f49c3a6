/** A beat that is so late tells that this process had no CPU. */
const lateMs = 50

/**
 * The time in which this process ran: it stands still while the process is held up. What came meanwhile is still unread
 * then, so a time-out that is counted in it is nobody's fault but the server's.
 */
export class OwnTime {
  private readonly everyMs: number
  private dueMs: number
  private heldUpMs = 0

  /** @param everyMs how often {@link beat} is to be called. */
  constructor(everyMs: number, nowMs: number) {
    this.everyMs = everyMs
    this.dueMs = nowMs + everyMs
  }

  beat(nowMs: number): void {
    this.heldUpMs += this.lateBy(nowMs)
    this.dueMs = nowMs + this.everyMs
  }

  /** Asked for now, in milliseconds of which differences alone have a meaning: a beat may be due, and not have come yet. */
  at(nowMs: number): number {
    return nowMs - this.heldUpMs - this.lateBy(nowMs)
  }

  private lateBy(nowMs: number): number {
    const ms = nowMs - this.dueMs
    return ms > lateMs ? ms : 0
  }
}
