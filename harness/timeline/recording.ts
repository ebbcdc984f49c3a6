import type { Observation } from '../model/observation.ts'
import type { Timeline } from './timeline.ts'

/** Longer than any scenario, and no longer than a timer of Node's may wait: 24 days. */
export const noEndMs = 20 * 24 * 3_600_000

/** What is being recorded, as those who read it see it. */
export interface Recording {
  readonly timeline: Timeline
  /** Milliseconds from the recording's zero. */
  now(): number
  record(observation: Observation): void
  /**
   * The first answer of `look` that is not undefined: at once, or at the observation that brings it. Undefined where
   * none came until `untilMs`, counted from the recording's zero. The one waiter of the harness.
   *
   * @throws the signal's reason when it is aborted.
   */
  waitFor<T>(look: () => T | undefined, untilMs: number, signal?: AbortSignal): Promise<T | undefined>
  /** Resolves once all that the API server knows now has been recorded; where that cannot be had, a gap is. */
  caughtUp(): Promise<void>
}
