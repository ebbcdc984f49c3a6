import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import { UsageError } from '../model/errors.ts'

export { RolypolyReporter } from './reporter.ts'

export interface ScenarioProjectOptions {
  /** Where scenarios are looked for; `scenarios` unless given. */
  folder?: string
  /** Also the twins in `broken/`, which must be caught. Asked for by a filter that names them, unless given. */
  broken?: boolean
}

/**
 * How many shared scenario files run at once: they mostly wait, so more than there are processors, but each brings pods up
 * that do not.
 */
export function sharedAtOnce(env: NodeJS.ProcessEnv = process.env, cpus = availableParallelism()): number {
  const asked = env[atOnceVariable]
  if (!asked) return Math.min(8, Math.max(2, Math.floor(1.5 * cpus)))
  const count = Number(asked)
  if (/^\d+$/.test(asked) && count >= 1 && count <= atOnceAtMost) return count
  throw new UsageError(
    `${atOnceVariable} is ${JSON.stringify(asked)}: a whole number from 1 to ${atOnceAtMost} is expected`,
    { remedy: 'Leave it out to play as many files at once as suits the processors here.' },
  )
}

/** How many shared scenario files are to run at once. */
const atOnceVariable = 'ROLYPOLY_AT_ONCE'
/** Each is a process of its own, with a pod or more. */
const atOnceAtMost = 64

/** Tells the projects whether a filter names the broken twins. */
export const brokenVariable = 'ROLYPOLY_BROKEN'
/** Tells the projects that no scenario hurts another: in a control run, and where each has a cluster of its own. */
export const harmlessVariable = 'ROLYPOLY_HARMLESS'

/** As TypeScript in a checkout, as JavaScript in the package. */
const besides = (name: string) =>
  ['ts', 'js']
    .map((end) => new URL(`./${name}.${end}`, import.meta.url))
    .find((url) => existsSync(fileURLToPath(url)))

const setUpFile = besides('global-setup')
const signalsFile = besides('worker-signals')

/**
 * The Vitest projects that scenarios run in: shared ones concurrently, then those that hurt nodes one at a time, unless
 * no node is hurt. Retries are off, for a flake is a bug.
 */
export function scenarioProjects(options: ScenarioProjectOptions = {}): TestProjectInlineConfiguration[] {
  const { folder = 'scenarios', broken = areTwinsAskedFor() } = options
  const exclude = ['**/node_modules/**', ...(broken ? [] : ['**/broken/**'])]
  const exclusive = `${folder}/**/*.exclusive.scenario.?(c|m)[jt]s`
  const isHarmless = process.env[harmlessVariable] === '1'
  const atOnce = { maxWorkers: sharedAtOnce(), sequence: { groupOrder: 1 } }
  const common = {
    globalSetup: setUpFile ? [fileURLToPath(setUpFile)] : [],
    // A worker may be told to end before it has loaded a scenario.
    execArgv: signalsFile ? ['--import', signalsFile.href] : [],
    retry: 0,
    pool: 'forks' as const,
    isolate: false,
  }
  return [
    {
      test: {
        ...common,
        name: 'shared',
        include: [`${folder}/**/*.scenario.?(c|m)[jt]s`],
        exclude: [...exclude, exclusive],
        ...atOnce,
      },
    },
    {
      test: {
        ...common,
        name: 'exclusive',
        include: [exclusive],
        exclude,
        ...(isHarmless ? atOnce : { maxWorkers: 1, sequence: { groupOrder: 2 } }),
      },
    },
  ]
}

/** `rolypoly run` knows its filters and says so; of plain `vitest` there are only the words of its command line. */
function areTwinsAskedFor(): boolean {
  const said = process.env[brokenVariable]
  return said === undefined
    ? process.argv.slice(2).some((word) => /^[^-].*\bbroken\b|^broken\b/.test(word))
    : said === '1'
}
