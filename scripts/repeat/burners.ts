import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('burner.ts', import.meta.url))
const endsWithinMs = 2_000

/** Starts a process that keeps a core busy: until it is let go of or this one dies, at the longest for `limitMs`. */
export function startBurner(limitMs: number): ChildProcess {
  return fork(program, [String(limitMs)], { execArgv: [] })
}

/** Does the work while these keep cores busy, gives what it gives, and sees them to their end. */
export async function whileBusy<T>(burners: ChildProcess[], work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await Promise.all(burners.map(end))
  }
}

async function end(burner: ChildProcess): Promise<void> {
  if (burner.exitCode !== null || burner.signalCode !== null || burner.pid === undefined) return
  const ended = once(burner, 'exit')
  if (burner.connected) burner.disconnect()
  const late = setTimeout(() => burner.kill('SIGKILL'), endsWithinMs)
  await ended
  clearTimeout(late)
}
