import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { withFileLock } from './file-lock.ts'
import { run } from './process.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-lock-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
const newPath = () => join(folder, `${count++}.lock`)
const held = (pid: number, host = hostname()) => JSON.stringify({ pid, host, token: 'other' })

async function deadPid(): Promise<number> {
  return Number((await run('sh', ['-c', 'echo $$'])).stdout)
}

test('only one holds the lock at a time, and it is gone in the end', async () => {
  const path = newPath()
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await delay(20)
    inside--
  }
  await Promise.all([1, 2, 3].map(() => withFileLock(path, work)))
  expect(most).toBe(1)
  expect(existsSync(path)).toBe(false)
})

test("the work's result and its error come through, and the lock is given back", async () => {
  const path = newPath()
  expect(await withFileLock(path, async () => 7)).toBe(7)
  const broken = withFileLock(path, () => Promise.reject(new Error('broken')))
  await expect(broken).rejects.toThrow('broken')
  expect(existsSync(path)).toBe(false)
})

test('the lock of a dead process is broken at once', async () => {
  const path = newPath()
  writeFileSync(path, held(await deadPid()))
  const startedAt = performance.now()
  expect(await withFileLock(path, async () => 'done')).toBe('done')
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})

test('the lock of a living process is waited for, which is said once', async () => {
  const path = newPath()
  writeFileSync(path, held(process.pid))
  const waits: unknown[] = []
  const waiting = withFileLock(path, async () => readFileSync(path, 'utf8'), {
    onWait: (pid) => waits.push(pid),
  })
  await delay(250)
  expect(waits).toEqual([process.pid])
  expect(readFileSync(path, 'utf8')).toContain('other')
  rmSync(path)
  expect(await waiting).not.toContain('other')
})

test('who has just taken a lock is told once it has written who it is', async () => {
  const path = newPath()
  writeFileSync(path, '')
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const waiting = withFileLock(path, async () => 'done', { onWait: resolve })
  await delay(20)
  writeFileSync(path, held(process.pid))
  expect(await promise).toBe(process.pid)
  rmSync(path)
  expect(await waiting).toBe('done')
})

test.each([
  ['from another machine', async () => held(await deadPid(), 'elsewhere')],
  ['of which nothing was written', async () => ''],
  ['of a process id that was given to another process since', async () => held(process.pid)],
])('a lock %s is broken once it is stale, not before', async (_, content) => {
  const path = newPath()
  writeFileSync(path, await content())
  const impatient = withFileLock(path, async () => 'done', { signal: AbortSignal.timeout(250) })
  await expect(impatient).rejects.toThrow('timeout')
  utimesSync(path, new Date(), new Date(Date.now() - 60_000))
  expect(await withFileLock(path, async () => 'done')).toBe('done')
})

test('a holder at work keeps its lock fresh', async () => {
  const path = newPath()
  await withFileLock(
    path,
    async () => {
      const before = statSync(path).mtimeMs
      await delay(120)
      expect(statSync(path).mtimeMs).toBeGreaterThan(before + 50)
    },
    { staleMs: 100 },
  )
})

test("a lock that another took over is not taken from it, and a waiter's abort leaves the lock alone", async () => {
  const path = newPath()
  await withFileLock(path, async () => writeFileSync(path, held(process.pid)))
  expect(readFileSync(path, 'utf8')).toContain('other')
  const reason = new Error('interrupted')
  const aborted = withFileLock(path, async () => 'done', { signal: AbortSignal.abort(reason) })
  await expect(aborted).rejects.toBe(reason)
  expect(readFileSync(path, 'utf8')).toContain('other')
})
