import { existsSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { execa, execaSync } from 'execa'
import { formatMs } from '../model/duration.ts'
import { EnvironmentError } from '../model/errors.ts'
import { redactor } from '../model/redact.ts'

/** How a process is run. */
export interface RunOptions {
  /** What the process reads on its standard input, which is empty otherwise. */
  input?: string | Readable | undefined
  /** Ends the process when it aborts: SIGTERM, then SIGKILL five seconds later, to its descendants too. */
  signal?: AbortSignal | undefined
  /** Ends the process in the same way after so many milliseconds. No limit otherwise. */
  timeoutMs?: number | undefined
  /** Variables added to this process' own environment. */
  env?: Record<string, string> | undefined
  cwd?: string | undefined
  /** Called with each line of both outputs as it comes, without its newline. */
  onLine?: ((line: string) => void) | undefined
  /** What is followed for long: its lines go to `onLine` alone, and its standard input stays open until it ends. */
  follow?: boolean | undefined
}

/** What a process printed, each without its last newline. */
export interface Output {
  stdout: string
  stderr: string
}

/** How a process ended. `exitCode` is missing where it never started or a signal ended it. */
export type Outcome =
  | (Output & { ok: true; exitCode: 0 })
  | (Output & { ok: false; exitCode: number | undefined; error: EnvironmentError })

const killAfterMs = 5_000
/** Per output, in characters: what is longer is a mistake, and would fill the memory. */
const maxOutput = 64 * 1024 * 1024
const evidenceLines = 40

/**
 * Runs a program, without a shell, and waits for its end.
 *
 * @throws EnvironmentError when it is missing, ends with another exit code than 0, is ended by a signal, takes longer
 *   than `timeoutMs`, is aborted (`cause` is then the signal's reason), or prints more than 64 Mi characters. What
 *   `onLine` throws ends the process, and is thrown as it is.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Output> {
  const outcome = await tryRun(command, args, options)
  if (!outcome.ok) throw outcome.error
  return { stdout: outcome.stdout, stderr: outcome.stderr }
}

/** As {@link run}, but returns the failure: for callers to whom an exit code is an answer. */
export async function tryRun(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const { onLine, input, cwd, follow = false } = options
  const broken = new AbortController()
  const output = onLine
    ? { transform: passOn(onLine, broken, !follow), preserveNewlines: true as const }
    : ('pipe' as const)
  const result = await execa(command, [...args], {
    ...(input === undefined ? { stdin: follow ? 'pipe' : 'ignore' } : { input }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(options.env && { env: options.env }),
    cancelSignal: options.signal ? AbortSignal.any([options.signal, broken.signal]) : broken.signal,
    timeout: options.timeoutMs ?? 0,
    stdout: output,
    stderr: output,
    all: true,
    reject: false,
    // A group of its own: Ctrl-C ends what the harness decides to end, and no grandchild outlives a time-out.
    killDescendants: true,
    forceKillAfterDelay: killAfterMs,
    maxBuffer: maxOutput,
  })
  if (broken.signal.aborted) throw broken.signal.reason
  const { stdout, stderr } = { stdout: text(result.stdout), stderr: text(result.stderr) }
  if (!result.failed) return { ok: true, exitCode: 0, stdout, stderr }
  const error = failure([command, ...args], options, result)
  return { ok: false, exitCode: result.exitCode, stdout, stderr, error }
}

/**
 * As {@link run}, while all of this process waits: for what only reads files and is done in moments, so that no time
 * passes for a simulated cluster either.
 *
 * @throws EnvironmentError as `run` does.
 */
export function runSync(command: string, args: readonly string[], options: SyncOptions): Output {
  const { input = '', timeoutMs } = options
  const result = execaSync(command, [...args], {
    ...{ input, timeout: timeoutMs, all: true, reject: false, maxBuffer: maxOutput },
    killSignal: 'SIGKILL',
  })
  const { stdout, stderr } = { stdout: text(result.stdout), stderr: text(result.stderr) }
  if (!result.failed) return { stdout, stderr }
  throw failure([command, ...args], options, result)
}

/**
 * Starts a program in a session of its own that goes on when this process ends, and is not waited for. What it prints is
 * lost.
 *
 * @returns its standard input, which ends with this process.
 */
export function startDetached(command: string, args: readonly string[]): Writable {
  const child = execa(command, [...args], {
    ...{ detached: true, cleanup: false, reject: false },
    ...{ stdin: 'pipe', stdout: 'ignore', stderr: 'ignore' },
  })
  const input = child.stdin
  input.on('error', () => undefined)
  // Neither keeps this process from its end.
  child.nodeChildProcess.unref()
  if (input instanceof Socket) input.unref()
  return input
}

export interface SyncOptions {
  input?: string
  timeoutMs: number
}

/** The parts of execa's result that a failure is told from. */
interface Failed {
  all?: unknown
  code?: string | undefined
  exitCode?: number | undefined
  signal?: string | undefined
  timedOut: boolean
  isCanceled: boolean
  isMaxBuffer: boolean
  isForcefullyTerminated: boolean
  originalMessage?: string | undefined
  cause?: unknown
}

function failure(words: [string, ...string[]], options: RunOptions, result: Failed): EnvironmentError {
  const [command] = words
  // Before they are cut: half a secret is not known any more.
  const line = redactor.redact(words.join(' '))
  // An Error's own cause is not enumerable.
  const failed = { ...result, cause: result.cause }
  const missingCwd = failed.code === 'ENOENT' && options.cwd !== undefined && !existsSync(options.cwd)
  const evidence = [line === shorten(line) ? '' : line, lastLines(redactor.redact(text(failed.all)))]
    .filter(Boolean)
    .join('\n')
  return new EnvironmentError(`${shorten(line)} ${how(command, options, failed, missingCwd)}`, {
    ...(evidence && { evidence }),
    ...remedyFor(command, failed.code, missingCwd),
    cause: failed.isCanceled ? options.signal?.reason : failed.cause,
  })
}

function how(command: string, options: RunOptions, failed: Failed, missingCwd: boolean): string {
  const killed = failed.isForcefullyTerminated
    ? `killed, as it was still there ${formatMs(killAfterMs)} after SIGTERM`
    : 'ended by SIGTERM'
  if (failed.isCanceled) return `was aborted, and ${killed}`
  if (failed.timedOut) return `took longer than ${formatMs(options.timeoutMs ?? 0)}, and was ${killed}`
  if (failed.isMaxBuffer)
    return `printed more than ${maxOutput / 1024 / 1024} Mi characters, and was ${killed}`
  if (missingCwd) return `could not be run in ${options.cwd}: there is no such folder`
  if (failed.code === 'ENOENT') return `could not be run: ${command} is not there`
  if (failed.code === 'EACCES') return `could not be run: ${command} is not executable`
  if (failed.signal !== undefined) return `was ended by ${failed.signal}`
  if (failed.exitCode !== undefined) return `failed with exit code ${failed.exitCode}`
  return `failed: ${failed.originalMessage ?? 'for an unknown reason'}`
}

function remedyFor(command: string, code: string | undefined, missingCwd: boolean): { remedy?: string } {
  if (missingCwd) return {}
  if (code === 'ENOENT') {
    return {
      remedy: command.includes('/')
        ? `Give the path of a program that exists in place of ${command}.`
        : `Install ${command}, or put the folder that holds it on the PATH.`,
    }
  }
  return code === 'EACCES' ? { remedy: `Make it executable: chmod +x ${command}` } : {}
}

/** Ends the process where `onLine` throws: execa alone would wait for its end first. */
function passOn(onLine: (line: string) => void, broken: AbortController, keep: boolean) {
  return function* (line: unknown): Generator<string> {
    const whole = String(line)
    try {
      if (!broken.signal.aborted) onLine(whole.replace(/\r?\n$/, ''))
    } catch (error) {
      broken.abort(error)
    }
    if (keep) yield whole
  }
}

/** The command as a sentence can carry it: one line, of at most 120 characters. */
function shorten(line: string): string {
  const flat = line.replaceAll(/\s+/g, ' ').trim()
  return flat.length <= 120 ? flat : `${flat.slice(0, 117)}...`
}

function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-evidenceLines).join('\n')
}

/** execa gives nothing where the program never started. */
function text(output: unknown): string {
  return typeof output === 'string' ? output : ''
}
