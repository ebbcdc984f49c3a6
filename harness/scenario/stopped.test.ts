import { expect, test } from 'vitest'
import { DeadlineError, InterruptedError } from '../model/errors.ts'
import type { ScenarioResult } from '../model/result.ts'
import { notBegun, stoppedRun, unlessAborted } from './stopped.ts'

const why = new InterruptedError('The run was interrupted by SIGINT')
const played = (verdict: ScenarioResult['verdict'], recording?: string): ScenarioResult => ({
  ...{ id: 'a', title: 'a', file: 'a.scenario.ts', exclusive: false, verdict, startedAt: '', durationMs: 0 },
  ...{ faults: [], claims: [], intervals: [], gaps: [], diagnostics: [] },
  ...(recording !== undefined && { recording }),
})

test('a scenario that had not begun says so, and why is still a stop', () => {
  expect(notBegun(why)).toBeInstanceOf(InterruptedError)
  expect(notBegun(why)).toMatchObject({ message: `${why.message}, before this scenario began` })
  const late = new DeadlineError('too late')
  expect(notBegun(late)).toBe(late)
})

test('a run tells how many of its scenarios had not begun', () => {
  const scenarios = [played('passed', 'a.jsonl'), played('inconclusive', 'b.jsonl'), played('inconclusive')]
  expect(stoppedRun(why, scenarios).message).toBe(`${why.message}: 1 of 3 scenarios had not begun`)
  expect(stoppedRun(why, scenarios.slice(0, 2)).message).toBe(`${why.message}: every scenario had begun`)
  expect(stoppedRun(why, []).message).toBe(`${why.message}, before any scenario began`)
})

test('a scenario that was skipped for want of a capability is none of those', () => {
  expect(stoppedRun(why, [played('skipped')]).message).toContain('every scenario had begun')
})

test('what nobody waits for any more is not begun, or left alone, even where it fails', async () => {
  const done: string[] = []
  await unlessAborted(AbortSignal.abort(), async () => void done.push('begun'))
  expect(done).toEqual([])
  const hurry = new AbortController()
  const failing = unlessAborted(hurry.signal, async () => {
    hurry.abort()
    throw new Error('the API server is away')
  })
  await expect(failing).resolves.toBeUndefined()
  await unlessAborted(hurry.signal, () => new Promise(() => undefined))
})

test('work that somebody waits for is waited for, and fails as it fails', async () => {
  const { signal } = new AbortController()
  await expect(
    unlessAborted(signal, async () => {
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  await unlessAborted(undefined, async () => undefined)
})
