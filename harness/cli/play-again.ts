import type { Vitest } from 'vitest/node'
import { worthPlayingAgain } from '../scenario/again.ts'
import type { RolypolyReporter } from '../scenario/reporter.ts'

/**
 * Plays once more, one at a time and with nothing beside it, what was not judged for the machine was too slow, and for
 * no other reason. The second result is the one that counts, whatever it is.
 */
export async function playAgain(
  vitest: Vitest,
  reporter: RolypolyReporter,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { scenarios } = reporter
  const again = worthPlayingAgain(scenarios.map(({ result }) => result))
  if (again.length > 0 && !signal.aborted) {
    say(
      `The machine was too slow to judge ${again.length} of ${scenarios.length}: played again, by themselves`,
    )
  }
  for (const first of scenarios) {
    const { result, test } = first
    if (!test || !again.includes(result) || signal.aborted) continue
    const { project, moduleId } = test.module
    reporter.expectAgain(first)
    await vitest.runTestSpecifications([project.createSpecification(moduleId, { testIds: [test.id] })])
  }
}
