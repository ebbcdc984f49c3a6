import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ClaimResult, Result, ScenarioResult } from '../../harness/model/result.ts'
import { guaranteesPage } from './document.ts'
import { nameOfFile, sources } from './sources.ts'

const scenario = (parts: Partial<ScenarioResult>): ScenarioResult => ({
  ...{ id: 'a', title: 'a pod comes back', file: 'scenarios/scale.scenario.ts', exclusive: false },
  ...{ verdict: 'passed', startedAt: '2026-11-21T10:00:00Z', durationMs: 1, faults: [], claims: [] },
  ...{ intervals: [], gaps: [], diagnostics: [] },
  ...parts,
})
const resultOf = (...scenarios: ScenarioResult[]) =>
  ({ run: { startedAt: '2026-11-21T09:00:00Z', mode: 'normal' }, scenarios }) as unknown as Result
const rowOf = (one: ScenarioResult) =>
  guaranteesPage(resultOf(one), { scale: ['https://k8s.io/a', 'https://k8s.io/b'] }, 'made so')
    .trimEnd()
    .split('\n')
    .at(-1)

test('every file of scenarios has a source', () => {
  const files = readdirSync(new URL('../../scenarios', import.meta.url)).filter((name) =>
    name.endsWith('.scenario.ts'),
  )
  expect(Object.keys(sources).sort()).toEqual(files.map(nameOfFile).sort())
  for (const links of Object.values(sources)) expect(links.length).toBeGreaterThan(0)
})

test('a promise is a row, with the times seen and predicted, and its sources', () => {
  const fault = { kind: 'killPod', target: 'Pod/a/b', injectedAtMs: 1, receipt: null }
  const response: ClaimResult = {
    ...{ statement: 'toRestart({ times: 1 })', subject: 'Pod/a/b', sort: 'response' as const },
    ...{ verdict: 'passed' as const },
    ...{ message: '', measuredMs: 1_000, predicted: { earliestMs: 0, latestMs: 3_000, because: [] } },
  }
  const { predicted: _, ...rest } = response
  const invariant: ClaimResult = { ...rest, statement: 'toStayUp()', sort: 'invariant' }
  expect(rowOf(scenario({ faults: [fault, fault], claims: [response, invariant] }))).toBe(
    '| a pod comes back | [scale](../scenarios/scale.scenario.ts) | `killPod` | `toRestart({ times: 1 })` 1.0 s (0 ms – 3.0 s)<br>`toStayUp()` | [1](https://k8s.io/a) [2](https://k8s.io/b) | passed |',
  )
})

test('what came before its fault was seen to land says so', () => {
  const claim: ClaimResult = {
    ...{ statement: 'toLeaveEndpoints()', subject: 'Pod/a/b', sort: 'response', verdict: 'passed' },
    ...{ message: '', measuredMs: -8.2, predicted: { earliestMs: 0, latestMs: 7_000, because: [] } },
  }
  expect(rowOf(scenario({ claims: [claim] }))).toContain('`toLeaveEndpoints()` 8 ms before (0 ms – 7.0 s)')
})

test('a claim that did not hold is told with its verdict, and no prediction where the scenario said when', () => {
  const claim: ClaimResult = {
    ...{
      statement: "toRestart({ within: '5s' })",
      subject: 'Pod/a/b',
      sort: 'response',
      verdict: 'violated',
    },
    ...{ message: '', within: 5_000, predicted: { earliestMs: 0, latestMs: 3_000, because: [] } },
  }
  expect(rowOf(scenario({ claims: [claim], verdict: 'violated' }))).toContain(
    "| – | `toRestart({ within: '5s' })` **violated** |",
  )
})

test('what was skipped was not judged', () => {
  const page = guaranteesPage(
    resultOf(scenario({ title: 'one' }), scenario({ id: 'b', title: 'two', verdict: 'skipped' })),
    {},
    'made so',
  )
  expect(page).toContain('**1 of 1 promise kept.**')
  expect(page).not.toContain('two')
})
