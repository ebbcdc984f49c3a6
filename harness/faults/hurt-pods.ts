import type { HurtCount } from '../workload/stage.ts'

/** The pods that a scenario hurts now, each once, however many faults it is hurt by. */
export class HurtPods {
  private readonly faults = new Map<string, number>()

  get count(): number {
    return this.faults.size
  }

  /** How many there would be with these. */
  countWith(pods: string[]): number {
    return new Set([...this.faults.keys(), ...pods]).size
  }

  /** One more fault hurts these. */
  add(pods: string[]): void {
    for (const uid of pods) this.faults.set(uid, (this.faults.get(uid) ?? 0) + 1)
  }

  /** One fault hurts them no more. */
  remove(pods: string[]): void {
    for (const uid of pods) {
      const left = (this.faults.get(uid) ?? 1) - 1
      if (left > 0) this.faults.set(uid, left)
      else this.faults.delete(uid)
    }
  }

  clear(): void {
    this.faults.clear()
  }
}

/** Counts for a rehearsal, which refuses nothing: all that it would do is to be told. */
export class HurtPeak implements HurtCount {
  private readonly hurt = new HurtPods()
  private readonly noted: { hurtAtOnce: number }

  /** @param noted where the most that were hurt at once are written down */
  constructor(noted: { hurtAtOnce: number }) {
    this.noted = noted
  }

  async take(_: string, pods: string[]): Promise<void> {
    this.hurt.add(pods)
    this.noted.hurtAtOnce = Math.max(this.noted.hurtAtOnce, this.hurt.count)
  }

  async give(pods: string[]): Promise<void> {
    this.hurt.remove(pods)
  }

  async close(): Promise<void> {
    this.hurt.clear()
  }
}
