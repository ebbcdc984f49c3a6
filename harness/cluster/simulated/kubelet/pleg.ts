import type { Random } from '../random.ts'
import type { Time } from './node-time.ts'

/** kubernetes/pkg/kubelet/kubelet.go: genericPlegRelistPeriod */
const periodMs = 1_000

/** When a kubelet lists its containers: whatever has happened is known at the next listing. */
export class Pleg {
  private readonly time: Time
  private readonly phaseMs: number
  private readonly relisted: (podUid: string) => void
  private readonly waiting = new Set<string>()

  constructor(time: Time, random: Random, relisted: (podUid: string) => void) {
    this.time = time
    this.phaseMs = time.nowMs + random.between(0, periodMs)
    this.relisted = relisted
  }

  lastMs(): number {
    return this.phaseMs + Math.floor((this.time.nowMs - this.phaseMs) / periodMs) * periodMs
  }

  nextMs(): number {
    return this.lastMs() + periodMs
  }

  /** Something of a pod has changed. */
  note(podUid: string): void {
    if (this.waiting.has(podUid)) return
    this.waiting.add(podUid)
    this.time.after(this.nextMs() - this.time.nowMs, () => {
      this.waiting.delete(podUid)
      this.relisted(podUid)
    })
  }
}
