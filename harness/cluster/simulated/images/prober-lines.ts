import type { Host } from '../../../model/behaviour.ts'
import type { Outcome } from '../network/network.ts'
import type { VirtualClock } from '../virtual-clock.ts'

export interface Ended {
  seq: number
  /** By the host's clock. */
  sentMs: number
  port: number
  /** New, reused, or an endpoint itself. */
  how: 0 | 1 | 2
  /** The pod that answered or had answered on this connection, or the endpoint's URL. */
  name: string | undefined
  outcome: Outcome
  ageMs?: number | undefined
}

type Row = (number | string)[]

/** Less often than the true prober, which writes every 50 ms: each line costs its readers a turn. */
const writeEveryMs = 200

/**
 * Writes the prober's lines, as harness/image/prober.ts does. What is known at once, though it is still to come, waits
 * until it has come about.
 */
export class ProberLines {
  private readonly host: Host
  private readonly epochAtStart: number
  private rows: Row[] = []
  private names: string[] = []
  private firstMs = 0
  private isDue = false

  constructor(host: Host, clock: VirtualClock) {
    this.host = host
    this.epochAtStart = clock.epoch() - host.now()
  }

  add({ seq, sentMs, port, how, name, outcome, ageMs }: Ended): void {
    if (this.rows.length === 0) this.firstMs = Math.round(this.epochAtStart + sentMs) - this.epochAtStart
    const result = outcome.lost ?? outcome.status ?? 0
    const row: Row = [seq, tenths(sentMs - this.firstMs), tenths(outcome.tookMs), port, how, result]
    const at = this.nameAt(name)
    if (at >= 0 || how === 1) row.push(at)
    if (ageMs !== undefined) row.push(ageMs)
    this.rows.push(row)
    const isGood = typeof result === 'number' && result >= 200 && result < 400
    if (!isGood) return this.write()
    if (this.isDue) return
    this.isDue = true
    this.host.after(writeEveryMs, () => {
      this.isDue = false
      this.write()
    })
  }

  write(): void {
    const { rows, names } = this
    if (rows.length === 0) return
    this.host.log(JSON.stringify({ t: this.epochAtStart + this.firstMs, names, rows }))
    this.rows = []
    this.names = []
  }

  private nameAt(name: string | undefined): number {
    if (name === undefined) return -1
    const known = this.names.indexOf(name)
    return known === -1 ? this.names.push(name) - 1 : known
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10
}
