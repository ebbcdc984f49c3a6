import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { realClock } from '../../harness/cluster/clock.ts'
import { run, tryRun } from '../../harness/cluster/process.ts'
import { EnvironmentError } from '../../harness/model/errors.ts'
import { heldMs, type Point } from './points.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const cli = join(here, '..', '..', 'harness', 'cli', 'main.ts')
const beginsWithinMs = 180_000
const lookEveryMs = 50
const intoVariable = 'CRASH_INTO'

/** Runs of one series: on one kept cluster, each with a folder of its own under `into`. */
export interface Series {
  into: string
  nodes: number
}

/** What every process of a killed run has in its environment, and no other. */
export function markOf({ into }: Series): string {
  return `${intoVariable}=${into}`
}

/** A run that passed. */
export interface Passed {
  cluster: string
  /** What it undid at its start, a sentence each. */
  undone: string[]
}

/**
 * Plays the scenario that has to pass wherever all is well.
 *
 * @throws EnvironmentError where it does not.
 */
export async function playWell({ into, nodes }: Series, name: string): Promise<Passed> {
  const folder = join(into, name)
  const args = [cli, 'run', 'scenarios/well.', ...common(nodes), '--report', folder]
  const { stdout } = await run(process.execPath, args, { cwd: here, timeoutMs: 900_000 })
  const [, cluster] = /^cluster: (rolypoly-[0-9a-f]+) is (?:up|reused)/m.exec(stdout) ?? []
  const undone = [...stdout.matchAll(/^swept: (.*)/gm)].map(([, sentence = '']) => sentence)
  if (cluster) return { cluster, undone }
  throw new EnvironmentError('rolypoly run did not say what its cluster is called', { evidence: stdout })
}

/**
 * Begins a run that hurts the cluster, and kills it at this point: sooner, where it had come to its end by then, for
 * then it left nothing to anybody.
 *
 * @returns after how many milliseconds it was killed.
 * @throws EnvironmentError where it never came as far.
 */
export async function crash(series: Series, point: Point): Promise<number> {
  for (let delayMs = point.delayMs; ; delayMs = Math.floor(delayMs / 2)) {
    if (await isKilled(series, { ...point, delayMs })) return delayMs
    if (delayMs === 0) throw new EnvironmentError(`${point.fault}: the run cannot be killed before it ends`)
  }
}

async function isKilled({ into, nodes }: Series, point: Point): Promise<boolean> {
  const folder = join(into, `${point.number}`)
  await rm(folder, { recursive: true, force: true })
  await using log = await open(`${folder}.log`, 'w')
  const args = [cli, 'run', 'scenarios/hurt.', ...common(nodes), '--report', folder]
  const child = spawn(process.execPath, args, {
    cwd: here,
    env: { ...process.env, CRASH_FAULT: point.fault, [intoVariable]: into },
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  })
  const ended = once(child, 'exit')
  const phase = point.since === 'injecting' ? 'injecting' : 'landed'
  if (!(await reaches(child, folder, phase))) {
    const said = await readFile(`${folder}.log`, 'utf8')
    throw new EnvironmentError(`${point.fault}: the run ended before it was ${phase}`, { evidence: said })
  }
  await realClock.sleep(point.delayMs + (point.since === 'reverting' ? heldMs : 0))
  const { pid = 0 } = child
  const isGuarded = point.undoneBy === 'guard' || (await killGuardOf(pid))
  // A run that is about to end has dismissed its guard, and left nothing.
  if (isGuarded && child.exitCode === null) {
    process.kill(point.killed === 'whole group' ? -pid : pid, 'SIGKILL')
  }
  const [, signal] = (await ended) as [number | null, NodeJS.Signals | null]
  return signal === 'SIGKILL'
}

function common(nodes: number): string[] {
  return ['--cluster', 'kind', '--nodes', String(nodes), '--keep']
}

/** Reads the recording as it is written. */
async function reaches(child: ChildProcess, folder: string, phase: 'injecting' | 'landed'): Promise<boolean> {
  const untilMs = realClock.now() + beginsWithinMs
  while (child.exitCode === null && child.signalCode === null && realClock.now() < untilMs) {
    const recordings = join(folder, 'recordings')
    const [name] = await readdir(recordings).catch(() => [])
    const text = name === undefined ? '' : await readFile(join(recordings, name), 'utf8')
    if (text.includes(`"phase":"${phase}"`)) return true
    await realClock.sleep(lookEveryMs)
  }
  return false
}

/** Its arguments tell whose guard it is; false where there is none. */
async function killGuardOf(pid: number): Promise<boolean> {
  const found = await tryRun('pgrep', ['-f', `guard-main\\.ts ${pid} `])
  const guards = found.stdout.split('\n').filter((line) => line.length > 0)
  for (const guard of guards) process.kill(Number(guard), 'SIGKILL')
  return guards.length > 0
}
