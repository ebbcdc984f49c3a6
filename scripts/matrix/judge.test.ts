import { describe, expect, test } from 'vitest'
import type { ScenarioResult } from '../../harness/model/result.ts'
import { claimOf, resultOf, scenarioOf } from '../testing.ts'
import { isAsItMustBe, matrixPage, summary } from './document.ts'
import { matrixOf } from './judge.ts'

const found = claimOf({ verdict: 'violated' })
const app = claimOf({ statement: 'toStayUp()', subject: 'Deployment/shop/web', sort: 'invariant' })

const twin = (parts: Partial<ScenarioResult> = {}) =>
  scenarioOf({
    ...{ title: 'violates toRestart: a probe that never gives up', verdict: 'violated' },
    ...{ claims: [found, app] },
    ...parts,
  })
const healthy = (parts: Partial<ScenarioResult> = {}) => scenarioOf({ claims: [claimOf(), app], ...parts })

const matrix = (...scenarios: ScenarioResult[]) => matrixOf([resultOf(...scenarios)])

describe('a broken workload', () => {
  test('has a row with the claim that found it, and what the others said', () => {
    expect(matrix(twin()).rows).toEqual([
      {
        ...{ broken: 'a probe that never gives up', claim: 'toRestart', played: 1, found: 1 },
        ...{ subject: found.subject, message: found.message, others: [app] },
      },
    ])
  })

  test('played in two runs has one row, which tells of the run that went wrong', () => {
    const [row, ...more] = matrixOf([
      resultOf(twin({ verdict: 'passed', claims: [] })),
      resultOf(twin()),
    ]).rows
    expect(more).toEqual([])
    expect(row).toMatchObject({ played: 2, found: 1, wrong: 'it is passed: nothing was violated' })
  })

  test('that was refused by the harness is none of the claims', () => {
    const refused = { title: 'error "is not YAML": a.yaml', verdict: 'error' as const, claims: [app] }
    expect(matrix(scenarioOf(refused))).toEqual({ rows: [], healthy: 0, blamed: [] })
  })
})

describe('a healthy subject', () => {
  test('is every subject of a scenario that is no twin, and those of a twin that its claim did not name', () => {
    expect(matrix(healthy(), twin())).toMatchObject({ healthy: 3, blamed: [] })
  })

  test('that a claim calls broken is blamed, in a twin and elsewhere', () => {
    const blamed = { ...app, verdict: 'violated' as const, message: 'Deployment/shop/web: it fell' }
    const said = matrix(twin({ claims: [found, blamed] }), healthy({ claims: [blamed], verdict: 'violated' }))
    expect(said.blamed).toEqual([blamed.message, blamed.message])
    expect(isAsItMustBe(matrix(twin(), healthy({ claims: [blamed], verdict: 'violated' })))).toBe(false)
  })

  test('is not one that the twin was made to break: its other claims may fall with it', () => {
    const container = { ...found, subject: `${found.subject}/app` }
    const other = claimOf({ statement: 'toLeaveEndpoints()' })
    expect(matrix(twin({ claims: [found, other] })).healthy).toBe(0)
    expect(matrix(twin({ claims: [container, other] })).healthy).toBe(0)
  })
})

describe('the page', () => {
  test('says in one line that all is as it must be', () => {
    const all = matrix(twin(), healthy())
    expect(summary(all)).toBe(
      '1 broken workload, each found by the claim that it was made for; healthy subjects blamed: 0 of 3',
    )
    expect(isAsItMustBe(all)).toBe(true)
  })

  test('says what was missed', () => {
    const missed = matrix(twin({ verdict: 'passed', claims: [app] }))
    expect(summary(missed)).toContain('0 found by the claim that it was made for, 1 not')
    expect(isAsItMustBe(missed)).toBe(false)
    const page = matrixPage(missed, [], 'node scripts/matrix.ts a')
    expect(page).toContain('- a probe that never gives up: it is passed: nothing was violated')
  })

  test('has a row with every cell, and the command that makes it', () => {
    const results = [resultOf(twin())]
    const page = matrixPage(matrixOf(results), results, 'node scripts/matrix.ts a')
    expect(page).toContain(
      '| a probe that never gives up | toRestart | 1 of 1 | `Pod/shop/web-1` | expected much, but it was not there at 12.00 s | `toStayUp()` passed |',
    )
    expect(page).toContain('`node scripts/matrix.ts a` from 1 run on Kubernetes v1.34.4')
  })

  test('nothing at all is not as it must be', () => {
    expect(isAsItMustBe(matrix(healthy()))).toBe(false)
  })
})
