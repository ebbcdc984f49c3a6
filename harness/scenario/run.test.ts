import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { beginRun, nowOf } from './run.ts'

afterEach(() => void vi.useRealTimers())

test('a run takes as long as it does, whatever the clock is set to meanwhile', async () => {
  const report = await mkdtemp(join(tmpdir(), 'rolypoly-run-'))
  const run = await beginRun({ report, mode: 'normal', seed: 1 })
  for (const hours of [-2, 1]) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(run.startedAt) + hours * 3_600_000 })
    const tookMs = Date.parse(nowOf(run)) - Date.parse(run.startedAt)
    expect(tookMs).toBeGreaterThanOrEqual(0)
    expect(tookMs).toBeLessThan(600_000)
  }
  await rm(report, { recursive: true })
})
