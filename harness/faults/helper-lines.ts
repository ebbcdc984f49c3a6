import { z } from 'zod'
import { parseLine } from '../cluster/lines.ts'
import { EnvironmentError } from '../model/errors.ts'
import type { Recording } from '../timeline/recording.ts'
import { noLongerInPlace } from './fault.ts'

/** What a helper on a node prints, a line of JSON for each thing that it does. */
const helperLine = z.object({
  /** When, in milliseconds since 1970. */
  t: z.number().optional(),
  /** It is in place. */
  armed: z.string().optional(),
  /** It has failed a probe. */
  failed: z.string().optional(),
  error: z.string().optional(),
})

export interface HelperLinesOptions {
  recording: Recording
  /** Names it in messages, as `Pod/shop/rolypoly-probe-1a2b3c`. */
  name: string
  node: string
  /** The epoch, in milliseconds, at the recording's zero. */
  epochAtZero: number
  /** It has failed a probe, at this time of the recording. */
  onFailed(atMs: number): void
}

/** Reads what a helper on a node prints. Once it is in place, its end is a gap in the recording: the fault is gone. */
export class HelperLines {
  private readonly options: HelperLinesOptions
  private readonly beganMs: number
  private readonly arming = Promise.withResolvers<void>()
  private state: 'arming' | 'armed' | 'dismissed' = 'arming'

  constructor(options: HelperLinesOptions) {
    this.options = options
    this.beganMs = options.recording.now()
    this.arming.promise.catch(() => undefined)
  }

  /**
   * Waits until the helper is in place.
   *
   * @throws EnvironmentError where it cannot be, or is not in time; the signal's reason when it is aborted.
   */
  async inPlace(withinMs: number, signal: AbortSignal): Promise<void> {
    const { recording, name } = this.options
    const isArmed = () => (this.state === 'arming' ? undefined : true)
    const late = recording.waitFor(isArmed, recording.now() + withinMs, signal).then(() => {
      if (!isArmed()) throw new EnvironmentError(`${name}: what fails probes was not in place in time`)
    })
    late.catch(() => undefined)
    await Promise.race([this.arming.promise, late])
  }

  read(text: string): void {
    const line = parseLine(helperLine, text)
    if (line?.error) this.lost(`Node/${this.options.node}: probes cannot be failed: ${line.error}`)
    if (line?.armed && this.state === 'arming') {
      this.state = 'armed'
      this.arming.resolve()
    }
    if (line?.failed) this.options.onFailed(this.timeOf(line.t))
  }

  /** By the node's clock, for what it wrote may be read seconds later; by ours where that clock is not the same. */
  private timeOf(epochMs: number | undefined): number {
    const nowMs = this.options.recording.now()
    const toldMs = epochMs === undefined ? nowMs : epochMs - this.options.epochAtZero
    return toldMs <= nowMs && toldMs >= this.beganMs ? toldMs : nowMs
  }

  /** It has ended, or cannot be heard. */
  lost(why = `${this.options.name}: what fails probes ended`): void {
    if (this.state === 'arming') return this.arming.reject(new EnvironmentError(why))
    if (this.state === 'dismissed') return
    noLongerInPlace(this.options.recording, why)
  }

  /** Its end is asked for from here on, and no news. */
  dismiss(): void {
    this.state = 'dismissed'
  }
}
