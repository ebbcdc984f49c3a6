import { relative } from 'node:path'
import { inject, test } from 'vitest'
import type { Capability } from '../cluster/cluster.ts'
import { type Duration, toMs } from '../model/duration.ts'
import { EnvironmentError, RolypolyError } from '../model/errors.ts'
import type { ScenarioResult } from '../model/result.ts'
import { visible } from '../model/visible.ts'
import { connect } from './connect.ts'
import type { ScenarioBody } from './context.ts'
import { withoutRealIo } from './no-real-io.ts'
import { playScenario } from './play.ts'
import type { RunInfo } from './run-info.ts'
import { idOf } from './scenario-id.ts'
import { listenForStop } from './stop-line.ts'
import './task-meta.ts'
import './worker-signals.ts'

export interface ScenarioOptions {
  /** How long the scenario may take, its set-up included; five minutes unless given. */
  deadline?: Duration
  /** What a cluster has to be capable of beyond what its faults require: on another the scenario is skipped. */
  needs?: Capability[]
}

const usualDeadline: Duration = '5m'
/** Evidence, repair and tear-down come after the deadline; Vitest's own time-out only after those. */
const afterDeadlineMs = 10 * 60_000

/**
 * A promise of Kubernetes', and the steps that check it on a real cluster. A Vitest test: it fails unless the verdict
 * is `passed`, or `skipped` where the cluster lacks a capability.
 */
export function scenario(title: string, body: ScenarioBody): void
export function scenario(title: string, options: ScenarioOptions, body: ScenarioBody): void
export function scenario(title: string, given: ScenarioOptions | ScenarioBody, last?: ScenarioBody): void {
  const [options, body] = typeof given === 'function' ? [{}, given] : [given, last as ScenarioBody]
  const deadline = options.deadline ?? usualDeadline
  test(title, { timeout: toMs(deadline) + afterDeadlineMs }, async ({ task, signal, skip }) => {
    const run = runInfo()
    const file = relative(process.cwd(), task.file.filepath)
    const id = idOf(file, title)
    const { stop, hurry } = listenForStop(run.stopLine)
    const { cluster, journal } = await connect(run, id)
    await using _ = cluster
    const result = await playScenario({
      ...{ id, title, file, deadline, run, cluster, journal, needs: options.needs ?? [] },
      body: cluster.provider === 'simulated' ? (context) => withoutRealIo(() => body(context)) : body,
      ...{ signal: AbortSignal.any([signal, stop]), hurry },
      exclusive: /\.exclusive\.scenario\.[cm]?[jt]s$/.test(file),
    })
    if (cluster.rehearsal) result.rehearsal = cluster.rehearsal
    task.meta.rolypoly = result
    if (result.verdict === 'skipped') skip(result.skippedBecause)
    if (result.verdict !== 'passed') throw new ScenarioError(result)
  })
}

/** Tells Vitest why a scenario did not pass. */
class ScenarioError extends RolypolyError {
  constructor({ verdict, claims, error }: ScenarioResult) {
    const told = claims
      .filter((claim) => claim.verdict !== 'passed')
      .map((claim) => `${claim.verdict}: ${claim.message}`)
    super(visible([verdict, ...told, ...(error ? [`error: ${error.message}`] : [])].join('\n  ')))
    // Where it was thrown says nothing: the claims' messages do.
    this.stack = `${this.name}: ${this.message}`
  }
}

function runInfo(): RunInfo {
  const run = inject('rolypoly') as RunInfo | undefined
  if (run) return run
  throw new EnvironmentError(
    'No cluster was set up for this scenario: the Vitest configuration lacks the scenario projects',
    {
      remedy:
        "Use `rolypoly run`, or spread `scenarioProjects()` of '@rolypoly/harness/vitest' into `test.projects`.",
    },
  )
}
