import { explain, InterruptedError, UsageError } from '../harness/model/errors.ts'

/**
 * Runs a script's work and sets the process' exit status to what it gives. What is thrown is told in its own sentence,
 * and the exit status is 2, as that of `rolypoly` itself.
 */
export async function command(name: string, work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work()
  } catch (error) {
    console.error(`${name}: ${explain(error)}`)
    process.exitCode = 2
  }
}

/** The exit status of what was stopped by Ctrl-C, as a shell tells it. */
export const interrupted = 130

/**
 * Aborted by Ctrl-C or SIGTERM, so that what was begun is undone; asked again, the process ends at once, and the next run
 * sweeps. The listeners stay: without one, execa's own ends the process where a program of its runs.
 */
export function interruption(): AbortSignal {
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stopping.signal.aborted) process.exit(interrupted)
      stopping.abort(new InterruptedError(`stopped by ${name}`))
    })
  }
  return stopping.signal
}

/**
 * The number that an option gives.
 *
 * @throws UsageError where it is missing or no whole number from 1 on.
 */
export function wholeNumber(option: string, text: string | undefined): number {
  const number = Number(text)
  if (text !== undefined && /^\d+$/.test(text) && number >= 1 && Number.isSafeInteger(number)) return number
  const given = text === undefined ? 'is missing' : `is ${JSON.stringify(text)}`
  throw new UsageError(`--${option} ${given}: a whole number from 1 on is expected`)
}
