import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { createVitest, type Vitest } from 'vitest/node'
import { type Duration, toMs } from '../model/duration.ts'
import { DeadlineError, explain, InterruptedError, UsageError } from '../model/errors.ts'
import type { Result } from '../model/result.ts'
import { exitStatus } from '../model/verdict.ts'
import { beginActiveRun, bringUp, release } from '../scenario/active-run.ts'
import { failureOf } from '../scenario/outcome.ts'
import { finishRun, RolypolyReporter } from '../scenario/reporter.ts'
import type { ClusterChoice } from '../scenario/run.ts'
import { scenarioProjects } from '../scenario/vitest.ts'

export interface RunArguments {
  cluster: ClusterChoice
  nodes: number
  nodeImage?: string
  keep: boolean
  control: boolean
  report?: string
  shard?: string
  deadline: Duration
}

const interrupted = 130
const signals = ['SIGINT', 'SIGTERM'] as const
const projectNames = ['shared', 'exclusive']

/** Runs scenarios and gives the exit status. Every end but a misunderstood argument writes a `result.json`. */
export async function runCommand(filters: string[], options: RunArguments): Promise<number> {
  const mode = options.control ? 'control' : 'normal'
  const active = await beginActiveRun({ mode, ...(options.report && { report: options.report }) })
  const stop = new AbortController()
  const say = (line: string) => console.log(line)
  // Before the cluster is there the signal ends its making; after that, scenarios end by their own line.
  const halt = (why: Error) => {
    stop.abort(why)
    active.started?.then((started) => started.stop(why.message)).catch(() => undefined)
  }
  let wasInterrupted = false
  let vitest: Vitest | undefined
  const interrupt = (signal: NodeJS.Signals) => {
    if (wasInterrupted) return
    wasInterrupted = true
    console.error(`rolypoly: ${signal}: stopping, undoing what was done; the report comes as far as it got`)
    halt(new InterruptedError(`The run was interrupted by ${signal}`))
  }
  const deadline = setTimeout(() => {
    halt(new DeadlineError(`The run's deadline of ${options.deadline} has passed`))
  }, toMs(options.deadline))

  const reporter = new RolypolyReporter(say)
  let result: Result | undefined
  try {
    vitest = await prepare(filters, options, reporter)
    // Vitest's own handlers end the process at once, and with it what must still be undone.
    for (const signal of signals) process.removeAllListeners(signal).on(signal, interrupt)
    const specifications = await vitest.getRelevantTestSpecifications(filters)
    if (specifications.length === 0) throw await noScenario(vitest, filters)
    const { nodes, keep, cluster, nodeImage } = options
    await bringUp(active, {
      ...{ cluster, nodes, keep, mode, say, signal: stop.signal },
      ...(nodeImage && { nodeImage }),
    })
    stop.signal.throwIfAborted()
    await vitest.runTestSpecifications(specifications)
    result = reporter.result
    if (stop.signal.reason instanceof DeadlineError) throw stop.signal.reason
  } catch (error) {
    const seen = result?.scenarios ?? []
    result = await finishRun(seen, failureOf(error))
    console.error(`rolypoly: ${explain(error)}`)
    say(active.run.folder)
  } finally {
    clearTimeout(deadline)
    await vitest?.close()
    await release(active).catch((error) => console.error(`rolypoly: ${explain(error)}`))
    for (const signal of signals) process.off(signal, interrupt)
  }
  return wasInterrupted ? interrupted : exitStatus(result?.run.verdict ?? 'error')
}

/** The user's own Vitest configuration where there is one, else one of scenario projects alone. */
async function prepare(
  filters: string[],
  options: RunArguments,
  reporter: RolypolyReporter,
): Promise<Vitest> {
  const config = ['ts', 'mts', 'js', 'mjs']
    .map((end) => resolve(`vitest.config.${end}`))
    .find((path) => existsSync(path))
  const broken = filters.some((filter) => filter.includes('broken'))
  const vitest = await createVitest('test', {
    ...{ run: true, watch: false, reporters: [reporter], config: config ?? false },
    ...(config ? { project: projectNames } : { projects: scenarioProjects({ broken }) }),
    ...(options.shard && { shard: options.shard }),
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
