import { describe, expect, test } from 'vitest'
import type { ScenarioResult } from '../../harness/model/result.ts'
import { claimOf, faultOn, podOf, resultOf, scenarioOf } from '../testing.ts'
import { findings, isWrong, type Kind, noiseOf, spreadOf, verdictRows } from './statistics.ts'

const runOf = (kind: Kind, ...scenarios: ScenarioResult[]) => ({
  ...{ name: `01-${kind}`, kind, result: resultOf(...scenarios) },
})

describe('the spread of values', () => {
  test('the median of an even number of values lies between the two in the middle', () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ min: 1, median: 2.5, max: 4 })
    expect(spreadOf([30, 10, 20])).toEqual({ min: 10, median: 20, max: 30 })
    expect(spreadOf([7])).toEqual({ min: 7, median: 7, max: 7 })
  })

  test('none has no spread', () => {
    expect(spreadOf([])).toBeUndefined()
  })
})

test('verdicts are counted for each scenario, quiet and busy runs apart', () => {
  const rows = verdictRows([
    runOf('quiet', scenarioOf(), scenarioOf({ title: 'another' })),
    runOf('busy', scenarioOf({ verdict: 'inconclusive' })),
    runOf('quiet', scenarioOf()),
  ])
  expect(rows.map(({ title }) => title)).toEqual(['a killed pod is replaced', 'another'])
  expect(rows[0]).toMatchObject({
    quiet: { passed: 2, inconclusive: 0 },
    busy: { passed: 0, inconclusive: 1 },
  })
})

describe('what did not pass', () => {
  test('is each claim that did not, with its message', () => {
    const claims = [claimOf(), claimOf({ verdict: 'violated' }), claimOf({ verdict: 'inconclusive' })]
    const found = findings([runOf('busy', scenarioOf({ claims, verdict: 'violated' }))])
    expect(found).toMatchObject([
      { run: '01-busy', verdict: 'violated', statement: 'toRestart()', isWrong: true },
      { run: '01-busy', verdict: 'inconclusive', statement: 'toRestart()', isWrong: false },
    ])
  })

  test("is a scenario's own error", () => {
    const found = findings([runOf('quiet', scenarioOf({ verdict: 'error', error: { message: 'no node' } }))])
    expect(found).toMatchObject([{ verdict: 'error', message: 'no node', isWrong: true }])
  })

  test('is no twin that was found broken, but one that was not', () => {
    const twin = {
      ...{ title: 'violates toRestart: a probe that never gives up', faults: [faultOn('Pod/shop/web-1')] },
      intervals: [podOf('web-1')],
    }
    const found = scenarioOf({ ...twin, verdict: 'violated', claims: [claimOf({ verdict: 'violated' })] })
    const missed = scenarioOf({ ...twin, verdict: 'passed', claims: [claimOf()] })
    expect(findings([runOf('quiet', found)])).toEqual([])
    expect(findings([runOf('quiet', missed)])).toMatchObject([
      { message: 'it is passed: nothing was violated', isWrong: true },
    ])
  })
})

test.each([
  ['a killed pod is replaced', 'passed', false],
  ['a killed pod is replaced', 'inconclusive', false],
  ['a killed pod is replaced', 'violated', true],
  ['a killed pod is replaced', 'error', true],
  ['violates toRestart: a probe', 'passed', true],
  ['violates toRestart: a probe', 'inconclusive', false],
] as const)('%s: %s is wrong: %s', (title, verdict, wrong) => {
  expect(isWrong(scenarioOf({ title, verdict }))).toBe(wrong)
})

describe('the noise of the machine', () => {
  const noisy = (p50: number, max: number) =>
    scenarioOf({ noise: { samples: 9, apiMs: { p50, max }, cpuWaiting: { p50: 0.2, max: 0.9 } } })

  test('is the median of the medians and the greatest, for each kind of run', () => {
    const runs = [runOf('quiet', noisy(4, 20), noisy(6, 90), noisy(5, 30)), runOf('busy', noisy(50, 400))]
    expect(noiseOf(runs, 'quiet')).toEqual({
      ...{ apiMs: { p50: 5, max: 90 }, watchMs: undefined, cpuWaiting: { p50: 0.2, max: 0.9 } },
    })
    expect(noiseOf(runs, 'busy')?.apiMs).toEqual({ p50: 50, max: 400 })
  })

  test('is not there where nobody measured it', () => {
    expect(noiseOf([runOf('quiet', scenarioOf())], 'quiet')).toBeUndefined()
  })
})
