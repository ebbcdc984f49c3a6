import { beginRun, type Run, type RunOptions, type StartedRun, startRun } from './run.ts'
import type { RunInfo } from './run-info.ts'

/**
 * The run of this process. `rolypoly run`, the global set-up and the reporter are loaded apart, each with its own copy
 * of this module, so what they share hangs on the global object.
 */
export interface ActiveRun {
  run: Run
  started?: Promise<StartedRun>
  /** Why the cluster could not be had. */
  failure?: unknown
}

const key = Symbol.for('rolypoly.active-run')
const shared = globalThis as { [key]?: ActiveRun }

export function activeRun(): ActiveRun | undefined {
  return shared[key]
}

/** Begins the run of this process; its cluster comes with {@link bringUp}. */
export async function beginActiveRun(
  options: Pick<RunOptions, 'report' | 'mode' | 'seed'>,
): Promise<ActiveRun> {
  const active: ActiveRun = { run: await beginRun(options) }
  shared[key] = active
  return active
}

/** Brings the run's cluster up, once however often it is asked for. */
export async function bringUp(active: ActiveRun, options: RunOptions): Promise<RunInfo> {
  active.started ??= startRun(active.run, options)
  try {
    return (await active.started).info
  } catch (error) {
    active.failure = error
    throw error
  }
}

/** Lets go of the run's cluster, if there is one. */
export async function release(active: ActiveRun): Promise<void> {
  const started = await active.started?.catch(() => undefined)
  delete active.started
  await started?.release()
}
