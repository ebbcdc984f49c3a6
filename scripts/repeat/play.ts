import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { realClock } from '../../harness/cluster/clock.ts'
import { tryRun } from '../../harness/cluster/process.ts'
import { EnvironmentError } from '../../harness/model/errors.ts'
import { readResult } from '../../reports/write.ts'
import { startBurner, whileBusy } from './burners.ts'
import { readLoad, untilCalm } from './machine.ts'
import { type Circumstances, type Planned, partOf, writeCircumstances } from './runs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cli = join(root, 'harness', 'cli', 'main.ts')
const calmWithinMs = 120_000
/** More than a run may take by its own deadline of 45 minutes. */
const burnAtMostMs = 60 * 60_000
/** Of `rolypoly run`: it judged what it was asked to, whatever came of it. */
const judged = [0, 1, 2, 3]

/** What the runs have in common. */
export interface Series {
  /** The folder that holds the folders of the runs. */
  into: string
  filters: string[]
  /** Aborted to stop the run that is under way, which undoes what it did. */
  stop: AbortSignal
}

/** True where the run has been made already. */
export function isMade({ into }: Series, { name }: Planned): boolean {
  return existsSync(join(into, name))
}

/**
 * Makes one run. Its folder gets its name when the run is whole; what an earlier one left half-done is begun again.
 *
 * @throws the signal's reason where it is stopped; EnvironmentError where the run came to an end without a scenario.
 */
export async function makeRun(series: Series, planned: Planned): Promise<Circumstances> {
  const { into, filters, stop } = series
  const part = join(into, partOf(planned.name))
  await rm(part, { recursive: true, force: true })
  await mkdir(part, { recursive: true })
  const calm = await untilCalm(realClock, readLoad, planned.kind === 'quiet' ? calmWithinMs : 0, stop)
  const before = await readLoad()
  const beganMs = performance.now()
  const cores = availableParallelism()
  const burners = Array.from({ length: planned.kind === 'busy' ? cores : 0 }, () => startBurner(burnAtMostMs))
  const status = await whileBusy(burners, () => run(series, part))
  const tookMs = performance.now() - beganMs
  const after = await readLoad()
  stop.throwIfAborted()
  await refuseUnjudged(part, status)

  const { load, waitedMs } = calm
  const commit = await commitOf()
  const under: Circumstances = {
    ...{ filters, cores, waitedMs, load1Before: load.load1 },
    ...(commit && { commit }),
    ...(load.pressure && { pressureBefore: load.pressure.avg10 }),
    ...(before.pressure &&
      after.pressure && { cpuWaiting: (after.pressure.totalMs - before.pressure.totalMs) / tookMs }),
  }
  await writeCircumstances(part, under)
  await rename(part, join(into, planned.name))
  return under
}

/** Runs the scenarios and gives the exit status, null where a signal ended them. */
async function run({ filters, stop }: Series, part: string): Promise<number | null> {
  await using log = await open(join(part, 'output.log'), 'w')
  const child = spawn(process.execPath, [cli, 'run', ...filters, '--keep', '--report', part], {
    cwd: root,
    stdio: ['ignore', log.fd, log.fd],
    // A group of its own: a terminal's Ctrl-C reaches this script, which passes it on once.
    detached: true,
  })
  // Awaited here, for the log is closed when this function returns.
  return await untilEnded(child, stop)
}

async function untilEnded(child: ChildProcess, stop: AbortSignal): Promise<number | null> {
  const end = () => child.kill('SIGTERM')
  stop.addEventListener('abort', end, { once: true })
  if (stop.aborted) end()
  try {
    const [status] = (await once(child, 'exit')) as [number | null]
    return status
  } finally {
    stop.removeEventListener('abort', end)
  }
}

/** A run that could not even begin would fail all those to come in the same way. */
async function refuseUnjudged(part: string, status: number | null): Promise<void> {
  const remedy = `${join(part, 'output.log')} has what it said.`
  const how = status === null ? 'was ended by a signal' : `ended with exit status ${status}`
  if (status === null || !judged.includes(status)) {
    throw new EnvironmentError(`rolypoly run ${how}, and is not whole`, { remedy })
  }
  const { scenarios, run } = await readResult(part).catch((cause: unknown) => {
    throw new EnvironmentError(`rolypoly run ${how}, and left no result`, { remedy, cause })
  })
  if (scenarios.length > 0) return
  const why = run.error?.message ?? 'nobody knows why'
  throw new EnvironmentError(`rolypoly run judged no scenario: ${why}`, { remedy })
}

async function commitOf(): Promise<string | undefined> {
  const outcome = await tryRun('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
    ...{ cwd: root, timeoutMs: 10_000 },
  })
  return outcome.ok ? outcome.stdout.trim() : undefined
}
