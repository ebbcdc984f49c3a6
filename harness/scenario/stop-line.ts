import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { InterruptedError } from '../model/errors.ts'

/** The run's end of a line to its workers, by which it stops their scenarios. */
export interface StopLine {
  /** Where workers listen. */
  readonly path: string
  /** Stops every scenario, those that listen later too: each undoes what it did and tells why it ended. */
  stop(why: string): void
  /** Has every scenario undo what it did, and do nothing else any more. */
  hurry(): void
  close(): Promise<void>
}

/** A worker's end of the line. */
export interface Stopping {
  /** Aborted with an {@link InterruptedError} when the run stops or dies. */
  stop: AbortSignal
  /** Aborted when nothing but undoing is wanted any more, as when the run has died. */
  hurry: AbortSignal
}

const hurryWord = 'hurry'

/**
 * Opens a line to the run's workers. Vitest's own cancelling ends them at once, before anything is undone. Where the
 * run's process dies the line breaks, and that is a stop too. What is said on it are lines: why the run stops, in JSON, and
 * later perhaps that it is in a hurry.
 */
export async function openStopLine(): Promise<StopLine> {
  const path = newPath()
  const listeners = new Set<Socket>()
  const said: string[] = []
  const server = createServer((socket) => {
    listeners.add(socket)
    socket.on('error', () => undefined).on('close', () => listeners.delete(socket))
    for (const line of said) socket.write(line)
  })
  server.unref()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.on('error', reject).listen(path, resolve)
  await promise
  const say = (word: object | string) => {
    const line = `${JSON.stringify(word)}\n`
    said.push(line)
    for (const socket of listeners) socket.write(line)
  }
  return {
    path,
    stop(why) {
      if (said.length === 0) say({ why })
    },
    hurry() {
      say(hurryWord)
    },
    async close() {
      server.close()
      for (const socket of listeners) socket.destroy()
      if (!path.startsWith('\0')) await rm(path, { force: true })
    },
  }
}

/** On Linux no file, but a name that the kernel forgets with the process (unix(7), abstract sockets): SIGKILL leaves nothing. */
function newPath(): string {
  const name = `rolypoly-${randomBytes(6).toString('hex')}`
  if (process.platform === 'linux') return `\0${name}`
  return process.platform === 'win32' ? join('\\\\.\\pipe', name) : join(tmpdir(), `${name}.sock`)
}

const known = new Map<string, Stopping>()

/** A worker's end of the line: one for all of its scenarios. */
export function listenForStop(path: string): Stopping {
  const before = known.get(path)
  if (before) return before
  const stop = new AbortController()
  const hurry = new AbortController()
  const stopping = { stop: stop.signal, hurry: hurry.signal }
  known.set(path, stopping)
  const interrupt = (why: string) => {
    if (!stop.signal.aborted) stop.abort(new InterruptedError(why))
  }
  const socket = connect(path)
  const lines = createInterface({ input: socket })
  // It hands the socket's errors on, and its close comes after each.
  lines.on('error', () => undefined)
  lines.on('line', (line) => {
    const word = JSON.parse(line) as { why: string } | typeof hurryWord
    if (word === hurryWord) hurry.abort()
    else interrupt(word.why)
  })
  socket
    .on('error', () => undefined)
    .on('close', () => {
      interrupt('The run has ended before this scenario did')
      hurry.abort()
    })
  socket.unref()
  return stopping
}
