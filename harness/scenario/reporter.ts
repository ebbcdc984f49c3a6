import { relative } from 'node:path'
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'
import { headline } from '../../reports/words.ts'
import { writeReports } from '../../reports/write.ts'
import { formatMs } from '../model/duration.ts'
import type { Failure, Result, ScenarioResult } from '../model/result.ts'
import { type Verdict, worst } from '../model/verdict.ts'
import { activeRun } from './active-run.ts'
import { withStopsBefore } from './before.ts'
import { failureOf } from './outcome.ts'
import { idOf } from './scenario-id.ts'
import { rolypolyVersion } from './version.ts'
import './task-meta.ts'

const scenarioFile = /\.scenario\.[cm]?[jt]s$/

/** Writes a run's files from what its scenarios came to, whether `rolypoly run` or `vitest` started it. */
export class RolypolyReporter implements Reporter {
  private readonly say: (line: string) => void
  /** The result, once the run is over. */
  result: Result | undefined

  constructor(say: (line: string) => void = (line) => console.log(line)) {
    this.say = say
  }

  onTestCaseResult(test: TestCase): void {
    if (!scenarioFile.test(test.module.moduleId)) return
    const result = resultOf(test)
    this.say(`${result.verdict.padEnd(12)} ${formatMs(result.durationMs).padStart(8)}  ${result.title}`)
    for (const claim of result.claims) {
      if (claim.verdict !== 'passed') this.say(`  ${claim.verdict}: ${claim.message}`)
    }
    if (result.verdict === 'violated') {
      for (const { text } of result.traffic?.explanations ?? []) this.say(`  ${text}`)
    }
    if (result.error) this.say(`  error: ${result.error.message}`)
  }

  async onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): Promise<void> {
    const active = activeRun()
    const scenarios = modules.filter(({ moduleId }) => scenarioFile.test(moduleId)).flatMap(resultsOf)
    // A run of other tests only, as of unit tests, is none of ours.
    if (!active || (scenarios.length === 0 && active.failure === undefined)) return
    const [unhandled] = errors
    const failure = active.failure
      ? failureOf(active.failure)
      : unhandled && { message: unhandled.message, ...(unhandled.stack && { stack: unhandled.stack }) }
    this.result = await finishRun(scenarios, failure)
    this.say(headline(this.result))
    this.say(active.run.folder)
  }
}

/** Writes the files of the active run and gives its result. */
export async function finishRun(scenarios: ScenarioResult[], failure?: Failure): Promise<Result> {
  const active = activeRun()
  if (!active) throw new Error('no run is active')
  const { id, mode, startedAt, seed, cluster, folder } = active.run
  const verdicts: Verdict[] = scenarios.map(({ verdict }) => verdict)
  if (failure) verdicts.push('error')
  const result: Result = {
    schemaVersion: 1,
    run: {
      ...{ id, mode, verdict: worst(verdicts), startedAt, finishedAt: new Date().toISOString() },
      ...{ rolypolyVersion: rolypolyVersion(), seed },
      ...(cluster && { cluster }),
      ...(failure && { error: failure }),
    },
    scenarios: mode === 'normal' ? await withStopsBefore(scenarios, folder) : scenarios,
  }
  await writeReports(result, folder)
  return result
}

function resultsOf(module: TestModule): ScenarioResult[] {
  const results = [...module.children.allTests()].map(resultOf)
  const [error] = module.errors()
  // A file that cannot be loaded has no scenarios to speak for it.
  return error
    ? [...results, blank(module, relative(process.cwd(), module.moduleId), error.message)]
    : results
}

function resultOf(test: TestCase): ScenarioResult {
  const { rolypoly } = test.meta()
  if (rolypoly) return rolypoly
  const [error] = test.result().errors ?? []
  const state = test.result().state
  return blank(
    test.module,
    test.name,
    error?.message ?? `it ended as ${state} without a result`,
    state === 'skipped',
  )
}

function blank(module: TestModule, title: string, message: string, skipped = false): ScenarioResult {
  const file = relative(process.cwd(), module.moduleId)
  return {
    ...{ id: idOf(file, title), title, file, exclusive: /\.exclusive\./.test(file) },
    ...{ startedAt: new Date().toISOString(), durationMs: 0 },
    ...(skipped
      ? { verdict: 'skipped', skippedBecause: 'it was left out' }
      : { verdict: 'error', error: { message } }),
    ...{ faults: [], claims: [], intervals: [], gaps: [], diagnostics: [] },
  }
}
