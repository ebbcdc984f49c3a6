import { describe, expect, test } from 'vitest'
import type { ClaimResult } from '../../harness/model/result.ts'
import { claimOf, predictedOf, resultOf, scenarioOf } from '../testing.ts'
import type { Kind } from './statistics.ts'
import { overall, samplesOf, windowRows } from './windows.ts'

const inside = (measuredMs: number, parts: Partial<ClaimResult> = {}) =>
  claimOf({ predicted: predictedOf(), measuredMs, timing: 'inside', ...parts })
const runOf = (kind: Kind, claims: ClaimResult[], title = 'a killed pod is replaced') => ({
  ...{ name: `01-${kind}`, kind, result: resultOf(scenarioOf({ title, claims })) },
})

describe('the windows that count', () => {
  test('are those of responses that were judged by their prediction', () => {
    const claims = [
      inside(12_000),
      inside(12_000, { within: 15_000 }),
      claimOf({ measuredMs: 1, timing: 'inside' }),
      inside(12_000, { sort: 'invariant' }),
      claimOf({ predicted: predictedOf(), verdict: 'inconclusive' }),
    ]
    expect(samplesOf([runOf('quiet', claims)])).toHaveLength(1)
  })

  test('are none of a twin, which is late on purpose', () => {
    expect(samplesOf([runOf('quiet', [inside(12_000)], 'violates toRestart: a slow app')])).toEqual([])
  })

  test('one that never came is late, and has no time', () => {
    const claims = [claimOf({ predicted: predictedOf(), verdict: 'violated', timing: 'late' })]
    const [row] = windowRows(samplesOf([runOf('quiet', claims)]))
    expect(row?.quiet).toEqual({ measuredMs: undefined, inside: 0, early: 0, late: 1 })
  })
})

describe('a row', () => {
  test('holds what was measured in quiet and in busy runs', () => {
    const [row, ...more] = windowRows(
      samplesOf([
        runOf('quiet', [inside(12_000)]),
        runOf('busy', [inside(19_000)]),
        runOf('quiet', [inside(14_000)]),
        runOf('quiet', [inside(21_000, { timing: 'late' })]),
      ]),
    )
    expect(more).toEqual([])
    expect(row).toMatchObject({
      ...{ earliestMs: 10_000, latestMs: 20_000, widthMs: 10_000, periodsMs: 10_000, ratio: 1 },
      quiet: { measuredMs: { min: 12_000, median: 14_000, max: 21_000 }, inside: 2, early: 0, late: 1 },
      busy: { measuredMs: { min: 19_000, median: 19_000, max: 19_000 }, inside: 1 },
    })
  })

  test('the second of the same words is another claim', () => {
    const rows = windowRows(samplesOf([runOf('quiet', [inside(11_000), inside(12_000)])]))
    expect(rows.map(({ claim }) => claim)).toEqual(['toRestart()', 'toRestart(), no. 2'])
  })

  test('one counted from elsewhere is another, and stands beside it', () => {
    const reverted = { event: 'the revert of failProbe', atMs: 9_000 }
    const runs = [
      runOf('quiet', [inside(11_000)]),
      runOf('quiet', [inside(1)], 'another'),
      runOf('quiet', [inside(11_000, { anchor: reverted })]),
    ]
    const rows = windowRows(samplesOf(runs))
    expect(rows.map(({ title, from }) => [title, from])).toEqual([
      ['a killed pod is replaced', 'failProbe landed'],
      ['a killed pod is replaced', 'the revert of failProbe'],
      ['another', 'failProbe landed'],
    ])
  })

  test('windows that differ are told by their outermost bounds and the median width', () => {
    const wider = inside(12_000, { predicted: predictedOf({ earliestMs: 9_000, latestMs: 29_000 }) })
    const [row] = windowRows(samplesOf([runOf('quiet', [inside(12_000)]), runOf('quiet', [wider])]))
    expect(row).toMatchObject({ earliestMs: 9_000, latestMs: 29_000, widthMs: 15_000, ratio: 1.5 })
  })

  test('without a period of Kubernetes there is no ratio', () => {
    const [row] = windowRows(
      samplesOf([runOf('quiet', [inside(12_000, { predicted: predictedOf({ kubernetesMs: 0 }) })])]),
    )
    expect(row).toMatchObject({ periodsMs: 0, widthMs: 10_000 })
    expect(row).not.toHaveProperty('ratio')
  })
})

describe('all windows of one kind of run', () => {
  test('the share inside, and the median ratio of those that have a period', () => {
    const narrow = { predicted: predictedOf({ kubernetesMs: 20_000 }) }
    const without = { predicted: predictedOf({ kubernetesMs: 0 }) }
    const samples = samplesOf([
      runOf('quiet', [inside(11_000), inside(12_000, narrow), inside(13_000, without)]),
      runOf('quiet', [inside(25_000, { timing: 'late', verdict: 'violated' })]),
      runOf('busy', [inside(12_000)]),
    ])
    expect(overall(samples, 'quiet')).toEqual({ samples: 4, inside: 3, ratio: 1, withPeriods: 3 })
    expect(overall(samples, 'busy')).toEqual({ samples: 1, inside: 1, ratio: 1, withPeriods: 1 })
  })

  test('none have no ratio', () => {
    expect(overall([], 'quiet')).toEqual({ samples: 0, inside: 0, ratio: undefined, withPeriods: 0 })
  })
})
