import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Vitest } from 'vitest/node'
import type { ScenarioResult } from '../model/result.ts'
import { activeRun } from '../scenario/active-run.ts'
import { worthPlayingAgain } from '../scenario/again.ts'
import type { RolypolyReporter } from '../scenario/reporter.ts'

/**
 * Plays once more, one at a time and with nothing beside it, what was not judged for the machine was too slow, and for
 * no other reason. The second result is the one that counts, whatever it is, unless it was interrupted.
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
    const recording = await setAside(result)
    reporter.expectAgain(first)
    await vitest.runTestSpecifications([project.createSpecification(moduleId, { testIds: [test.id] })])
    const second = reporter.scenarios.find((played) => played.test?.id === test.id)?.result
    // One that was cut short has nothing to say: the first has its evidence.
    const isCut = signal.aborted && second?.verdict === 'inconclusive'
    if (isCut) reporter.putBack(first)
    await recording?.[isCut ? 'putBack' : 'remove']()
  }
}

/** A second time is recorded under the same name. */
async function setAside({ recording }: ScenarioResult) {
  const folder = activeRun()?.run.folder
  if (recording === undefined || folder === undefined) return undefined
  const path = join(folder, recording)
  const aside = `${path}.first`
  const isThere = await rename(path, aside).then(
    () => true,
    () => false,
  )
  if (!isThere) return undefined
  return {
    putBack: () => rename(aside, path),
    remove: () => rm(aside, { force: true }),
  }
}
