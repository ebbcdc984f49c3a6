import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InterruptedError } from '../model/errors.ts'

/** The run's end of a line to its workers, by which it stops their scenarios. */
export interface StopLine {
  /** Where workers listen. */
  readonly path: string
  /** Stops every scenario, those that listen later too: each undoes what it did and tells why it ended. */
  stop(why: string): void
  close(): Promise<void>
}

/**
 * Opens a line to the run's workers. Vitest's own cancelling ends them at once, before anything is undone. Where the
 * run's process dies the line breaks, and that is a stop too.
 */
export async function openStopLine(): Promise<StopLine> {
  const name = `rolypoly-${randomBytes(6).toString('hex')}`
  const path = process.platform === 'win32' ? join('\\\\.\\pipe', name) : join(tmpdir(), `${name}.sock`)
  const listeners = new Set<Socket>()
  let stopped: string | undefined
  const server = createServer((socket) => {
    listeners.add(socket)
    socket.on('error', () => undefined).on('close', () => listeners.delete(socket))
    if (stopped !== undefined) socket.end(stopped)
  })
  server.unref()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.on('error', reject).listen(path, resolve)
  await promise
  return {
    path,
    stop(why) {
      stopped ??= why
      for (const socket of listeners) socket.end(why)
    },
    async close() {
      server.close()
      for (const socket of listeners) socket.destroy()
      await rm(path, { force: true })
    },
  }
}

const signals = new Map<string, AbortSignal>()

/** A worker's end of the line: a signal that is aborted with an {@link InterruptedError} when the run stops or dies. */
export function listenForStop(path: string): AbortSignal {
  const known = signals.get(path)
  if (known) return known
  const stopping = new AbortController()
  signals.set(path, stopping.signal)
  const socket = connect(path)
  let why = ''
  socket
    .on('data', (text) => {
      why += text
    })
    .on('error', () => undefined)
    .on('close', () =>
      stopping.abort(new InterruptedError(why || 'The run has ended before this scenario did')),
    )
  socket.unref()
  return stopping.signal
}
