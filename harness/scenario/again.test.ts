import { expect, test } from 'vitest'
import type { ClaimResult, ScenarioResult } from '../model/result.ts'
import { tooSlowFor, worthPlayingAgain } from './again.ts'

const claim = (more: Partial<ClaimResult>): ClaimResult => ({
  ...{ statement: 'toRecover()', subject: 'Deployment/shop/web', sort: 'response' },
  ...{ verdict: 'passed', message: 'It held.' },
  ...more,
})
const tooSlow = claim({ verdict: 'inconclusive', message: 'It was late, but …', tooSlow: true })

const scenario = (more: Partial<ScenarioResult>): ScenarioResult => ({
  ...{ id: 'web', title: 'web', file: 'web.scenario.ts', exclusive: false, verdict: 'passed' },
  ...{ startedAt: '2026-11-21T22:00:00Z', durationMs: 20_000 },
  ...{ faults: [], claims: [claim({})], intervals: [], gaps: [], diagnostics: [] },
  ...more,
})
const unjudged = scenario({ verdict: 'inconclusive', claims: [claim({}), tooSlow] })

test('what the machine alone kept from being judged tells what that was', () => {
  expect(tooSlowFor(unjudged)).toBe('It was late, but …')
})

test.each<[why: string, Partial<ScenarioResult>]>([
  ['it passed', { verdict: 'passed', claims: [claim({})] }],
  ['it was violated', { verdict: 'violated', claims: [claim({ verdict: 'violated' }), tooSlow] }],
  [
    'another claim was not judged for another reason',
    { claims: [tooSlow, claim({ verdict: 'inconclusive' })] },
  ],
  ['an error came on top', { error: { message: 'It was never steady.' } }],
  ['it judged nothing', { claims: [] }],
])('it is not played again where %s', (_, more) => {
  expect(tooSlowFor({ ...unjudged, ...more })).toBeUndefined()
})

test('a machine that is too slow for a quarter of a run is too slow for the rest', () => {
  const run = (slow: number, all: number): ScenarioResult[] =>
    Array.from({ length: all }, (_, n) => (n < slow ? unjudged : scenario({})))
  expect(worthPlayingAgain(run(5, 20))).toHaveLength(5)
  expect(worthPlayingAgain(run(6, 20))).toEqual([])
  expect(worthPlayingAgain(run(3, 3))).toHaveLength(3)
  expect(worthPlayingAgain(run(4, 4))).toEqual([])
})
