import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ScenarioResult } from '../model/result.ts'
import type { Verdict } from '../model/verdict.ts'
import { longestFirst, readDurations, rememberDurations } from './durations.ts'

let cache = ''
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'rolypoly-durations-'))
  vi.stubEnv('ROLYPOLY_CACHE', cache)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(cache, { recursive: true })
})

const scenario = (file: string, durationMs: number, verdict: Verdict = 'passed'): ScenarioResult => ({
  ...{ id: file, title: file, file, exclusive: false, verdict, startedAt: '', durationMs },
  ...{ faults: [], claims: [], intervals: [], gaps: [], diagnostics: [] },
})

test('a file took as long as its scenarios together; what was skipped tells nothing', async () => {
  expect(await readDurations()).toEqual({})
  await rememberDurations([
    scenario('a.ts', 5),
    scenario('b.ts', 3),
    scenario('a.ts', 7),
    scenario('c.ts', 0, 'skipped'),
  ])
  expect(await readDurations()).toEqual({ [resolve('a.ts')]: 12, [resolve('b.ts')]: 3 })
  expect(readdirSync(cache)).toEqual(['durations.json'])
})

test('the last time counts, and what was not played then is kept', async () => {
  await rememberDurations([scenario('a.ts', 5), scenario('b.ts', 3)])
  await rememberDurations([scenario('b.ts', 9)])
  expect(await readDurations()).toEqual({ [resolve('a.ts')]: 5, [resolve('b.ts')]: 9 })
})

test.each(['', '{', '[1]', '{"a.ts": "long"}'])(
  'what is no record of durations is none: %s',
  async (text) => {
    writeFileSync(join(cache, 'durations.json'), text)
    expect(await readDurations()).toEqual({})
  },
)

test('where nothing can be written nothing is lost', async () => {
  vi.stubEnv('ROLYPOLY_CACHE', '/dev/null/cache')
  await rememberDurations([scenario('a.ts', 5)])
  expect(await readDurations()).toEqual({})
})

test('the longest comes first, before it what is not known, in the order that it has', () => {
  const files = ['a', 'b', 'c', 'd'].map((moduleId) => ({ moduleId }))
  const order = longestFirst(files, { b: 3, d: 9 }).map(({ moduleId }) => moduleId)
  expect(order).toEqual(['a', 'c', 'd', 'b'])
})
