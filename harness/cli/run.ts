import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { createVitest, type Vitest } from 'vitest/node'
import { type Duration, toMs } from '../model/duration.ts'
import { DeadlineError, explain, InterruptedError, UsageError } from '../model/errors.ts'
import type { Result, ScenarioResult } from '../model/result.ts'
import { exitStatus } from '../model/verdict.ts'
import { beginActiveRun, bringUp, release } from '../scenario/active-run.ts'
import { rememberDurations } from '../scenario/durations.ts'
import type { ExistingOptions } from '../scenario/existing-options.ts'
import { failureOf } from '../scenario/outcome.ts'
import { andLeft, type CutShort, finishRun, RolypolyReporter } from '../scenario/reporter.ts'
import type { ClusterChoice } from '../scenario/run.ts'
import { stoppedRun } from '../scenario/stopped.ts'
import { brokenVariable, harmlessVariable, scenarioProjects } from '../scenario/vitest.ts'
import { existingOptions } from './existing.ts'
import { listenForInterrupts, outliveReaders } from './interrupts.ts'
import { playAgain } from './play-again.ts'
import { LongestFirst } from './sequencer.ts'

/** What was said on the command line; of an existing cluster all but how much may be hurt has a default. */
export interface RunArguments extends Omit<ExistingOptions, 'atMostHurt'> {
  cluster: ClusterChoice
  nodes: number
  nodeImage?: string
  keep: boolean
  seed?: number
  control: boolean
  report?: string
  shard?: string
  deadline: Duration
  dryRun: boolean
  atMostHurt?: number
}

const interruptedStatus = 130
const projectNames = ['shared', 'exclusive']

/** Runs scenarios and gives the exit status. Every end but a misunderstood argument writes a `result.json`. */
export async function runCommand(filters: string[], options: RunArguments): Promise<number> {
  const existing = existingOptions(options)
  const mode = options.control ? 'control' : 'normal'
  const { seed } = options
  const active = await beginActiveRun({
    ...{ mode, ...(options.report && { report: options.report }), ...(seed !== undefined && { seed }) },
  })
  const stop = new AbortController()
  const say = (line: string) => console.log(line)
  // Before the cluster is there the signal ends its making; after that, scenarios end by their own line.
  const halt = (why: Error) => {
    stop.abort(why)
    active.started?.then((started) => started.stop(why.message)).catch(() => undefined)
  }
  let vitest: Vitest | undefined
  let isHurried = false
  outliveReaders()
  const interrupts = listenForInterrupts({
    stop(signal) {
      console.error(`rolypoly: ${signal}: stopping, undoing what was done; the report comes as far as it got`)
      halt(new InterruptedError(`The run was interrupted by ${signal}`))
    },
    hurry() {
      isHurried = true
      console.error('rolypoly: undoing what was done, and nothing else; once more leaves at once')
      active.started?.then((started) => started.hurry()).catch(() => undefined)
    },
    leave() {
      console.error("rolypoly: leaving; the run's guard undoes what is left, or else the next run's start")
      process.exit(interruptedStatus)
    },
  })
  const deadline = setTimeout(() => {
    halt(new DeadlineError(`The run's deadline of ${options.deadline} has passed`))
  }, toMs(options.deadline))

  const { dryRun } = options
  // What a rehearsal came to is no news: what it did is told at the end.
  const reporter = new RolypolyReporter(dryRun ? () => undefined : say, false)
  let result: Result | undefined
  let cut: CutShort | undefined
  const resultsSoFar = () => result?.scenarios ?? reporter.scenarios.map((played) => played.result)
  let lastTold: string | undefined
  const tell = (error: unknown) => {
    const words = explain(error)
    // What hinders the writing of the files may be what was told of just now.
    if (words !== lastTold) console.error(`rolypoly: ${words}`)
    lastTold = words
  }
  const finish = (seen: ScenarioResult[]) =>
    finishRun(seen, cut).catch((unwritten: unknown) => {
      tell(unwritten)
      return undefined
    })
  try {
    process.env[harmlessVariable] = options.control || dryRun || options.cluster === 'simulated' ? '1' : '0'
    vitest = await prepare(filters, reporter)
    stop.signal.throwIfAborted()
    const all = await vitest.getRelevantTestSpecifications(filters)
    if (all.length === 0) throw await noScenario(vitest, filters)
    const specifications = shardOf(all, options.shard)
    if (specifications.length === 0) {
      result = await finishRun([])
      say(`No scenario file is in part ${options.shard}: nothing was judged.`)
      say(active.run.folder)
      return exitStatus(result.run.verdict)
    }
    const { nodes, keep, nodeImage } = options
    // Before anything is played: a name that is wrong is told at once.
    if (existing) (await import('../cluster/existing/kubeconfig.ts')).readContext(existing, process.env)
    await bringUp(active, {
      ...{ cluster: clusterOf(options, existing), nodes, keep, mode, say, signal: stop.signal },
      ...{ ...(nodeImage && { nodeImage }), ...(existing && { existing }) },
    })
    stop.signal.throwIfAborted()
    await vitest.runTestSpecifications(specifications)
    await playAgain(vitest, reporter, say, stop.signal)
    stop.signal.throwIfAborted()
    await reporter.finish()
    result = reporter.result
    if (dryRun && existing) {
      const { tellRehearsal } = await import('./dry-run.ts')
      const status = await tellRehearsal(result?.scenarios ?? [], existing, say)
      say(active.run.folder)
      return interrupts.heard ? interruptedStatus : status
    }
    // Without its faults a scenario takes another time.
    if (mode === 'normal') await rememberDurations(result?.scenarios ?? [])
  } catch (error) {
    const seen = resultsSoFar()
    const why = whyCutShort(error, stop.signal, seen)
    tell(why)
    const interrupted = why instanceof InterruptedError
    cut = { failure: failureOf(why), interrupted, hurried: isHurried }
    result = await finish(seen)
    say(active.run.folder)
  } finally {
    clearTimeout(deadline)
    await vitest?.close().catch(tell)
    try {
      await release(active)
    } catch (error) {
      tell(error)
      cut = andLeft(cut, error)
      result = await finish(resultsSoFar())
    }
    interrupts[Symbol.dispose]()
  }
  return interrupts.heard ? interruptedStatus : exitStatus(result?.run.verdict ?? 'error')
}

/** What a stop led to is told as the stop; what failed besides, as undoing it may, stays what it is. */
function whyCutShort(error: unknown, signal: AbortSignal, seen: ScenarioResult[]): unknown {
  if (!signal.aborted || !isCausedBy(error, signal.reason)) return error
  return signal.reason instanceof InterruptedError ? stoppedRun(signal.reason, seen) : signal.reason
}

function isCausedBy(error: unknown, reason: unknown): boolean {
  return error === reason || (error instanceof Error && isCausedBy(error.cause, reason))
}

/** A dry run is played on a simulated cluster, which stands for the existing one. */
function clusterOf({ cluster, dryRun }: RunArguments, existing: ExistingOptions | undefined): ClusterChoice {
  if (!existing) return cluster
  return dryRun ? 'simulated' : 'existing'
}

/** The i-th of n parts of the files, `i/n`: every n-th by name, so that parts stay the same from run to run. */
export function shardOf<T extends { moduleId: string }>(files: T[], shard: string | undefined): T[] {
  if (shard === undefined) return files
  const [i = 1, n = 1] = shard.split('/').map(Number)
  return files.toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1)).filter((_, k) => k % n === i - 1)
}

/** The user's own Vitest configuration where there is one, else one of scenario projects alone. */
async function prepare(filters: string[], reporter: RolypolyReporter): Promise<Vitest> {
  const config = ['ts', 'mts', 'js', 'mjs']
    .map((end) => resolve(`vitest.config.${end}`))
    .find((path) => existsSync(path))
  process.env[brokenVariable] = filters.some((filter) => filter.includes('broken')) ? '1' : '0'
  const vitest = await createVitest('test', {
    ...{ run: true, watch: false, reporters: [reporter], config: config ?? false },
    sequence: { sequencer: LongestFirst },
    ...(config ? { project: projectNames } : { projects: scenarioProjects() }),
  })
  const missing = projectNames.find((name) => !vitest.projects.some((project) => project.name === name))
  if (!missing) return vitest
  await vitest.close()
  throw new UsageError(`${config}: has no project ${missing}`, {
    remedy: "Spread scenarioProjects() of '@rolypoly/harness/vitest' into its test.projects.",
  })
}

async function noScenario(vitest: Vitest, filters: string[]): Promise<UsageError> {
  const all = await vitest.globTestSpecifications([])
  const files = all.map(({ moduleId }) => relative(process.cwd(), moduleId)).sort()
  if (files.length === 0) {
    return new UsageError('There is no scenario here: files named scenarios/**/*.scenario.ts are looked for')
  }
  return new UsageError(`No scenario matches ${filters.map((f) => JSON.stringify(f)).join(' ')}`, {
    evidence: `There are:\n${files.join('\n')}`,
  })
}
