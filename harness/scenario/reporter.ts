import { relative } from 'node:path'
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'
import { wallTimeLine } from '../../reports/wall-time.ts'
import { headline } from '../../reports/words.ts'
import { writeReports } from '../../reports/write.ts'
import { formatMs } from '../model/duration.ts'
import { redactor } from '../model/redact.ts'
import type { Failure, Result, ScenarioResult } from '../model/result.ts'
import { type Verdict, worst } from '../model/verdict.ts'
import { visible } from '../model/visible.ts'
import { activeRun } from './active-run.ts'
import { tooSlowFor } from './again.ts'
import { withStopsBefore } from './before.ts'
import { failureOf } from './outcome.ts'
import { nowOf } from './run.ts'
import { idOf } from './scenario-id.ts'
import { rolypolyVersion } from './version.ts'
import './task-meta.ts'

/** A scenario, and Vitest's account of it: undefined for a file that could not be loaded. */
export interface Played {
  result: ScenarioResult
  test: TestCase | undefined
}

function keyOf({ result, test }: Played): string {
  return test?.id ?? result.id
}

const scenarioFile = /\.scenario\.[cm]?[jt]s$/

/** Writes a run's files from what its scenarios came to, whether `rolypoly run` or `vitest` started it. */
export class RolypolyReporter implements Reporter {
  private readonly say: (line: string) => void
  private readonly finishes: boolean
  private readonly played = new Map<string, Played>()
  private failure: Failure | undefined
  private again: Played | undefined
  /** The result, once the run is over. */
  result: Result | undefined

  /** @param finishes false where the run plays on after its first end, and calls {@link finish} itself. */
  constructor(say: (line: string) => void = (line) => console.log(line), finishes = true) {
    this.say = (line) => say(visible(line))
    this.finishes = finishes
  }

  /** What has been played so far, each with Vitest's own account of it where there is one. */
  get scenarios(): Played[] {
    return [...this.played.values()]
  }

  /** What is played next takes the place of this one, and says why; the others of its file are left out then. */
  expectAgain(first: Played): void {
    this.again = first
  }

  /** Puts a first result back, in the place of a second one that came to nothing. */
  putBack(first: Played): void {
    this.played.set(keyOf(first), first)
  }

  onTestRunStart(): void {
    // An editor or a watch begins anew.
    if (!this.again) this.played.clear()
  }

  onTestCaseResult(test: TestCase): void {
    if (!scenarioFile.test(test.module.moduleId)) return
    const result = resultOf(test)
    if (this.again && test.id !== this.again.test?.id) return
    this.tell(result)
  }

  private tell(result: ScenarioResult): void {
    this.say(`${result.verdict.padEnd(12)} ${formatMs(result.durationMs).padStart(8)}  ${result.title}`)
    for (const claim of result.claims) {
      if (claim.verdict !== 'passed') this.say(`  ${claim.verdict}: ${claim.message}`)
    }
    if (result.verdict === 'violated') {
      for (const { text } of result.traffic?.explanations ?? []) this.say(`  ${text}`)
    }
    if (result.error) this.say(`  error: ${result.error.message}`)
    if (result.skippedBecause) this.say(`  skipped: ${result.skippedBecause}`)
  }

  async onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): Promise<void> {
    const { again } = this
    const played = modules.filter(({ moduleId }) => scenarioFile.test(moduleId)).flatMap(playedIn)
    for (const { result, test } of played) {
      if (again && test?.id !== again.test?.id) continue
      const playedAgain = again && tooSlowFor(again.result)
      // Of a file that cannot be loaded nothing has been said yet.
      if (!test) this.tell(result)
      const now = { result: { ...result, ...(playedAgain && { playedAgain }) }, test }
      this.played.set(keyOf(now), now)
    }
    this.again = undefined
    const [unhandled] = errors
    this.failure ??= unhandled && {
      message: wordsOf(unhandled),
      ...(unhandled.stack && { stack: unhandled.stack }),
    }
    if (this.finishes) await this.finish()
  }

  /** Writes the run's files, and says what it has come to and where they are. */
  async finish(): Promise<void> {
    const active = activeRun()
    const scenarios = this.scenarios.map(({ result }) => result)
    // A run of other tests only, as of unit tests, is none of ours.
    if (!active || (scenarios.length === 0 && active.failure === undefined)) return
    const failure = active.failure ? failureOf(active.failure) : this.failure
    this.result = await finishRun(scenarios, failure && { failure })
    this.say(headline(this.result))
    const line = wallTimeLine(this.result)
    if (line) this.say(line)
    this.say(active.run.folder)
  }
}

/** How a run ended that was not played to its end. */
export interface CutShort {
  failure: Failure
  /** It was asked to stop: nobody's failure, and what is missing was not judged. */
  interrupted?: boolean
  /** Nobody waits for the pages: they can be made from `result.json`. */
  hurried?: boolean
}

/** The same end of a run, or its only one: something that it made could not be undone, which is never a success. */
export function andLeft(cut: CutShort | undefined, why: unknown): CutShort {
  const left = failureOf(why)
  if (!cut) return { failure: left }
  const { failure, hurried = false } = cut
  return { failure: { ...left, message: `${failure.message}. Besides, ${left.message}` }, hurried }
}

/** Writes the files of the active run and gives its result. */
export async function finishRun(scenarios: ScenarioResult[], cut?: CutShort): Promise<Result> {
  const active = activeRun()
  if (!active) throw new Error('no run is active')
  const { id, mode, startedAt, seed, cluster, folder } = active.run
  const verdicts: Verdict[] = scenarios.map(({ verdict }) => verdict)
  const { failure, interrupted = false, hurried = false } = cut ?? {}
  if (failure) verdicts.push(interrupted ? 'inconclusive' : 'error')
  const result: Result = redactor.redactAll<Result>({
    schemaVersion: 1,
    run: {
      ...{ id, mode, verdict: worst(verdicts), startedAt, finishedAt: nowOf(active.run) },
      ...{ rolypolyVersion: rolypolyVersion(), seed },
      ...(cluster && { cluster }),
      ...(failure && { error: failure }),
      ...(interrupted && { interrupted }),
    },
    scenarios: mode === 'normal' ? await withStopsBefore(scenarios, folder) : scenarios,
  })
  await writeReports(result, folder, { pages: !hurried })
  return result
}

/** Vitest's own errors say what was met, and their causes why. */
function wordsOf({ message, cause }: SerializedError): string {
  const why = (cause as SerializedError | undefined)?.message
  return why === undefined || message.includes(why) ? message : `${message.replace(/\.$/, '')}: ${why}`
}

function playedIn(module: TestModule): Played[] {
  const played = [...module.children.allTests()].map((test) => ({ result: resultOf(test), test }))
  const [error] = module.errors()
  // A file that cannot be loaded has no scenarios to speak for it.
  if (!error) return played
  const result = blank(module, relative(process.cwd(), module.moduleId), error.message)
  return [...played, { result, test: undefined }]
}

function resultOf(test: TestCase): ScenarioResult {
  const { rolypoly } = test.meta()
  if (rolypoly) return rolypoly
  const [error] = test.result().errors ?? []
  const state = test.result().state
  return blank(
    test.module,
    test.name,
    error?.message ??
      (state === 'pending'
        ? 'the process that was to play it died'
        : `it ended as ${state} without a result`),
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
