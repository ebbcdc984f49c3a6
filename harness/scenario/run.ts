import { randomBytes, randomInt } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { realClock } from '../cluster/clock.ts'
import { makeFolder } from '../cluster/make-folder.ts'
import { hurtFolderOf } from '../faults/hurt-ledger.ts'
import { UsageError } from '../model/errors.ts'
import type { ClusterResult } from '../model/result.ts'
import type { ExistingOptions } from './existing-options.ts'
import { chooseProvider, type ProviderChoice } from './provider.ts'
import type { RunInfo } from './run-info.ts'
import { openStopLine } from './stop-line.ts'

export type ClusterChoice = 'auto' | 'kind' | 'existing' | 'simulated'

export interface RunOptions {
  cluster: ClusterChoice
  nodes: number
  nodeImage?: string
  keep: boolean
  mode: 'normal' | 'control'
  /** The run's folder; `reports/runs/<id>` unless given. */
  report?: string
  /** Of a simulated cluster; drawn unless given. */
  seed?: number
  /** Of a cluster that the run does not make; of a simulated one, which it stands for in a dry run. */
  existing?: ExistingOptions
  say(line: string): void
  signal: AbortSignal
}

/** A run from its start on, whether or not its cluster is there yet. */
export interface Run {
  id: string
  folder: string
  mode: 'normal' | 'control'
  seed: number
  startedAt: string
  /** By the machine's monotonic clock: the other may be set meanwhile. */
  startedMs: number
  cluster?: ClusterResult
}

/** A run whose cluster is up. */
export interface StartedRun {
  info: RunInfo
  /** Stops every scenario that is running or still to come; each undoes what it did. */
  stop(why: string): void
  /** Has them do nothing else than that any more. */
  hurry(): void
  /** Deletes the cluster, or leaves it for reuse. */
  release(): Promise<void>
}

/** A cluster that is up, for as long as it is not released. */
export interface UpCluster extends Pick<RunInfo, 'cluster' | 'timing' | 'helperImage' | 'limits'> {
  described: ClusterResult
  /** Deletes it, or leaves it for reuse. */
  release(): Promise<void>
}

/** Names a run and makes its folder. */
export async function beginRun(options: Pick<RunOptions, 'report' | 'mode' | 'seed'>): Promise<Run> {
  const [startedAt, startedMs] = [new Date().toISOString(), realClock.now()]
  const id = `${startedAt.slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${randomBytes(2).toString('hex')}`
  const folder = resolve(options.report ?? join('reports', 'runs', id))
  try {
    await makeFolder(join(folder, 'recordings'))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`${folder}: cannot be made the run's folder: ${why}`, {
      remedy: 'Name one that can be written to: --report DIR.',
    })
  }
  const { mode, seed = randomInt(2 ** 31) } = options
  return { id, folder, mode, seed, startedAt, startedMs }
}

/** The time now, as the run counts it: by its first look at the machine's clock, and what has passed since. */
export function nowOf({ startedAt, startedMs }: Run): string {
  return new Date(Date.parse(startedAt) + realClock.now() - startedMs).toISOString()
}

/**
 * Brings up the run's cluster and what every scenario needs on it.
 *
 * @throws UsageError or EnvironmentError, with nothing left behind.
 */
export async function startRun(run: Run, options: RunOptions): Promise<StartedRun> {
  const choice = await chooseProvider(options)
  const { described, release, ...reached } = await bringUp(choice, run, options)
  run.cluster = described
  try {
    const { id, folder, mode } = run
    // A run before, in the same folder, may have died.
    await rm(hurtFolderOf(folder), { recursive: true, force: true })
    const line = await openStopLine()
    return {
      info: { id, folder, mode, ...reached, stopLine: line.path },
      stop: (why) => line.stop(why),
      hurry: () => line.hurry(),
      async release() {
        await line.close()
        await rm(hurtFolderOf(folder), { recursive: true, force: true })
        await release()
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** Only what is needed for the one or the other is loaded. */
async function bringUp(choice: ProviderChoice, run: Run, options: RunOptions): Promise<UpCluster> {
  if (choice.provider === 'kind') {
    const { bringUpKind } = await import('./run-on-kind.ts')
    return bringUpKind(choice.facts, run, options)
  }
  if (choice.provider === 'existing') {
    const { bringUpExisting } = await import('./run-on-existing.ts')
    return bringUpExisting(choice.existing, run, options)
  }
  const { bringUpSimulated } = await import('./run-simulated.ts')
  return bringUpSimulated(run, choice.because, options)
}
