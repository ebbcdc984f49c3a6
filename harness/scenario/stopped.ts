import { InterruptedError } from '../model/errors.ts'
import type { ScenarioResult } from '../model/result.ts'

/** The reason of a stop as told by a scenario that had not begun by then. */
export function notBegun(reason: unknown): unknown {
  if (!(reason instanceof InterruptedError)) return reason
  return new InterruptedError(`${reason.message}, before this scenario began`)
}

/** A scenario that had begun has a recording, whatever it came to. */
function hadBegun({ verdict, recording }: ScenarioResult): boolean {
  return recording !== undefined || verdict === 'skipped'
}

/** The reason of a stop as told by the run: with how much of it was never played. */
export function stoppedRun(reason: InterruptedError, scenarios: readonly ScenarioResult[]): InterruptedError {
  const left = scenarios.filter((scenario) => !hadBegun(scenario)).length
  if (scenarios.length === 0) return new InterruptedError(`${reason.message}, before any scenario began`)
  const words =
    left === 0 ? 'every scenario had begun' : `${left} of ${scenarios.length} scenarios had not begun`
  return new InterruptedError(`${reason.message}: ${words}`)
}

/** Does the work unless the signal is aborted; what is at work then goes on alone, and nobody hears what it comes to. */
export async function unlessAborted(
  signal: AbortSignal | undefined,
  work: () => Promise<void>,
): Promise<void> {
  if (signal?.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const abort = () => resolve()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([work(), promise])
  } catch (error) {
    if (!signal?.aborted) throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}
