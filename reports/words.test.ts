import { expect, test } from 'vitest'
import type { ScenarioResult } from '../harness/model/result.ts'
import { control, failedRun, mixed, passed } from './fixtures.ts'
import { grouped } from './numbers.ts'
import { findings, headline, runDuration, tally, worstFirst } from './words.ts'

function titled(title: string): ScenarioResult {
  const found = mixed.scenarios.find((scenario) => scenario.title.includes(title))
  if (!found) throw new Error(`no scenario ${title}`)
  return found
}

test('the worst come first, and otherwise the order stays', () => {
  const verdicts = worstFirst(mixed.scenarios).map(({ verdict }) => verdict)
  expect(verdicts).toEqual(['violated', 'error', 'inconclusive', 'passed', 'passed', 'skipped'])
  expect(tally(mixed.scenarios)[3]).toEqual({ verdict: 'passed', count: 2 })
})

test.each([
  [mixed, 'A promise was broken in 1 of 6 scenarios.'],
  [passed, 'Every promise was kept in 2 scenarios.'],
  [control, 'The control did not come out as it must in 1 of 2 scenarios.'],
  [failedRun, 'No Docker engine answers at unix:///var/run/docker.sock.'],
  [{ ...passed, run: { ...passed.run, verdict: 'skipped' as const }, scenarios: [] }, 'Nothing was judged.'],
])('the run in one sentence', (result, sentence) => {
  expect(headline(result)).toBe(sentence)
})

test('a violated scenario is told by its violated claims', () => {
  const found = findings(titled('nobody notices'), 'normal')
  expect(found.map(({ promise }) => promise)).toEqual([
    'toRestart({ times: 1 })',
    'toLoseRequests({ atMost: 0 })',
  ])
})

test('every failing scenario has a finding, even one that says nothing about itself', () => {
  const bare = { ...titled('budget'), error: undefined, claims: [], faults: [] }
  for (const verdict of ['violated', 'error', 'inconclusive', 'passed', 'skipped'] as const) {
    const { error: _, ...scenario } = { ...bare, verdict }
    expect(findings(scenario, 'normal')).toHaveLength(1)
  }
})

test('in control mode the claims come turned, and a fault that was left out needs no receipt', () => {
  const [wrong] = control.scenarios.filter(({ verdict }) => verdict === 'violated')
  if (!wrong) throw new Error('nothing violated')
  expect(findings(wrong, 'control').map(({ seen }) => seen)).toEqual([
    'held although the fault was left out: 1 of 2 pods was replaced on another node.',
  ])
  const faults = wrong.faults.map((fault) => ({ ...fault, receipt: null }))
  const open: ScenarioResult = { ...wrong, verdict: 'inconclusive', faults }
  expect(findings(open, 'control')[0]?.seen).toBe('No claim and no error says why this is inconclusive.')
  expect(findings(open, 'normal')[0]?.seen).toContain('left no receipt')
})

test('numbers and times as people read them', () => {
  expect(grouped(1_234_567)).toBe('1\u202f234\u202f567')
  expect(runDuration(mixed.run)).toBe('6 min 32 s')
  expect(runDuration({ ...mixed.run, finishedAt: '<script>' })).toBe('')
})
