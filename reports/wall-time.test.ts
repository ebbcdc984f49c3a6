import { expect, test } from 'vitest'
import type { ClaimResult, Result, ScenarioResult } from '../harness/model/result.ts'
import { wallTime, wallTimeLine } from './wall-time.ts'

const claim = (atMs: number, more: Partial<ClaimResult>): ClaimResult => ({
  ...{ statement: 'toRecover()', subject: 'Deployment/shop/web', sort: 'response', verdict: 'passed' },
  ...{ message: '', anchor: { event: 'deletePod landed', atMs } },
  ...more,
})
const predicted = (latestMs: number) => ({ predicted: { earliestMs: 0, latestMs, because: [] } })

const scenario = (file: string, more: Partial<ScenarioResult> = {}): ScenarioResult => ({
  ...{ id: file, title: file, file, exclusive: file.includes('exclusive'), verdict: 'passed' },
  ...{ startedAt: '', durationMs: 1, faults: [], claims: [], intervals: [], gaps: [], diagnostics: [] },
  ...more,
})
const run = (...scenarios: ScenarioResult[]): Result => ({
  schemaVersion: 1,
  run: {
    ...{ id: 'r', mode: 'normal', verdict: 'passed', rolypolyVersion: '0.1.0', seed: 1 },
    ...{ startedAt: '2026-11-21T22:00:00.000Z', finishedAt: '2026-11-21T22:01:30.000Z' },
  },
  scenarios,
})
const deploy = { what: 'deploy(web)', predictedMs: 6_000, tookMs: 5_000 }

test('a scenario waits for its steps, and for the longest of the claims with one anchor', () => {
  const claims = [
    claim(7_000, predicted(10_000)),
    claim(7_000, { ...predicted(90_000), within: 4_000 }),
    claim(30_000, { watchedMs: 20_000, sort: 'invariant' }),
    claim(7_000, { sort: 'invariant' }),
  ]
  expect(wallTime(run(scenario('a', { waits: [deploy], claims })))).toEqual({
    ...{ tookMs: 90_000, longestSharedMs: 36_000, exclusiveMs: 0 },
  })
})

test('the scenarios of a file wait one after the other, files beside each other, exclusive ones after them', () => {
  const waits = [deploy]
  const scenarios = [
    ...[scenario('a', { waits }), scenario('b', { waits }), scenario('b', { waits })],
    ...[scenario('c.exclusive', { waits }), scenario('d.exclusive', { waits: [deploy, deploy] })],
    scenario('e', { waits: [deploy, deploy, deploy], verdict: 'skipped' }),
  ]
  const result = run(...scenarios)
  expect(wallTime(result)).toEqual({ tookMs: 90_000, longestSharedMs: 12_000, exclusiveMs: 18_000 })
  expect(wallTimeLine(result)).toBe(
    'It took 90.0 s; by the predictions its longest shared file up to 12.0 s, its exclusive scenarios up to 18.0 s together: 3.00 times that',
  )
})

test('nothing is said of virtual time, nor where nothing was waited for', () => {
  expect(wallTimeLine(run(scenario('a')))).toBeUndefined()
  const result = run(scenario('a', { waits: [deploy] }))
  expect(wallTimeLine(result)).toBe(
    'It took 90.0 s; by the predictions its longest shared file up to 6.0 s: 15.00 times that',
  )
  const cluster = {
    ...{ provider: 'simulated' as const, name: 's', kubernetesVersion: 'v1.34.4' },
    ...{ nodes: [], capabilities: [], settings: {} },
  }
  expect(wallTimeLine({ ...result, run: { ...result.run, cluster } })).toBeUndefined()
})
