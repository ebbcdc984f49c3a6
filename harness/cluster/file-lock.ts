import { randomUUID } from 'node:crypto'
import { open, stat, unlink, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { z } from 'zod'
import { realClock } from './clock.ts'
import { readOwn } from './read-own.ts'

/** How a lock is taken. */
export interface FileLockOptions {
  /** Gives up the wait, with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Called once where another process has the lock, with its id if the lock tells it. */
  onWait?: ((pid: number | undefined) => void) | undefined
  /** A lock that was not touched for so long is of a dead holder; the living touch theirs four times as often. */
  staleMs?: number | undefined
}

const holder = z.object({ pid: z.int().positive(), host: z.string(), token: z.string() })
const pollMs = 100

/**
 * Does the work while holding the lock file at `path`, which no other process then holds. A lock whose process has
 * died on this machine is broken at once; one from elsewhere (a shared folder, a container) once it is stale.
 *
 * Two waiters that break the same lock in the same instant may both go on, so the work must not rely on the lock to be
 * correct, only to be done once: write to a file of its own, and rename it.
 *
 * @throws The work's own error, the signal's reason, or `fs`' error where the folder cannot be written.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  options: FileLockOptions = {},
): Promise<T> {
  const staleMs = options.staleMs ?? 20_000
  const token = randomUUID()
  let [looks, isTold] = [0, false]
  while (!(await take(path, token))) {
    options.signal?.throwIfAborted()
    const seen = await look(path, staleMs)
    if (seen.dead) {
      await unlink(path).catch(ignoreMissing)
      continue
    }
    // Who has just taken it may not have written down who that is.
    if (!isTold && (seen.pid !== undefined || looks++ > 0)) {
      isTold = true
      options.onWait?.(seen.pid)
    }
    await realClock.sleep(pollMs, options.signal)
  }
  const heartbeat = setInterval(() => {
    const now = new Date()
    // A lock that was taken away, as by a user, is noticed when it is given back.
    utimes(path, now, now).catch(() => {})
  }, staleMs / 4)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    if ((await read(path))?.token === token) await unlink(path).catch(ignoreMissing)
  }
}

async function take(path: string, token: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    try {
      await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname(), token }))
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function look(path: string, staleMs: number): Promise<{ dead: boolean; pid?: number }> {
  const touched = await stat(path).catch(ignoreMissing)
  if (!touched) return { dead: false }
  const found = await read(path)
  const dead = Date.now() - touched.mtimeMs > staleMs || (found?.host === hostname() && !isAlive(found.pid))
  return { dead, ...(found && { pid: found.pid }) }
}

/** Who holds the lock; undefined where it is gone, or its holder has not written it yet. */
async function read(path: string): Promise<z.infer<typeof holder> | undefined> {
  const text = await readOwn(path).catch(ignoreMissing)
  try {
    return holder.parse(JSON.parse(text ?? ''))
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and another user's.
    return codeOf(error) === 'EPERM'
  }
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
