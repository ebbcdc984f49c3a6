import { expect, test } from 'vitest'
import type { Result } from '../../harness/model/result.ts'
import { flawsOf, type Interrupted, phasesOf } from './phases.ts'

const [, inScenario] = phasesOf('simulated')
if (!inScenario) throw new Error('there is no phase')
const result = {
  schemaVersion: 1,
  run: {
    ...{ verdict: 'inconclusive', interrupted: true },
    error: { message: 'The run was interrupted by SIGINT: every scenario had begun' },
  },
  scenarios: [{ verdict: 'passed' }, { verdict: 'inconclusive' }, { verdict: 'inconclusive' }],
} as Result
const good: Interrupted = { exitCode: 130, output: '', result, hasPages: true, left: [] }

test('a run that was interrupted as it must be has no flaw', () => {
  expect(flawsOf(inScenario, good)).toEqual([])
})

test.each<[string, Partial<Interrupted>]>([
  ['exit status 0', { exitCode: 0 }],
  ['exit status undefined', { exitCode: undefined }],
  ['left: rolypoly-1-control-plane', { left: ['rolypoly-1-control-plane'] }],
  ['a page is missing', { hasPages: false }],
  ['there is no result', { result: undefined }],
  ['does not say that', { result: { ...result, run: { ...result.run, interrupted: false } } }],
  ['the run is passed', { result: { ...result, run: { ...result.run, verdict: 'passed' } } }],
  ['its scenarios are passed', { result: { ...result, scenarios: result.scenarios.slice(0, 1) } }],
])('%s is a flaw', (flaw, seen) => {
  expect(flawsOf(inScenario, { ...good, ...seen })).toMatchObject([expect.stringContaining(flaw)])
})

test('of one that was left at once no report is asked, and all else is', () => {
  const left = phasesOf('kind').find(({ without }) => without === 'result')
  if (!left) throw new Error('there is no such phase')
  const seen = { ...good, result: undefined, hasPages: false }
  expect(flawsOf(left, seen)).toEqual([])
  expect(flawsOf(left, { ...seen, left: ['a'] })).toHaveLength(1)
})
