import { describe, expect, test } from 'vitest'
import type { ClaimResult, ScenarioResult } from '../../harness/model/result.ts'
import { claimOf, predictedOf, resultOf, scenarioOf } from '../testing.ts'
import { repeatedPage } from './document.ts'
import type { Finished } from './runs.ts'
import type { Kind } from './statistics.ts'

const inside = (measuredMs: number, parts: Partial<ClaimResult> = {}) =>
  claimOf({ predicted: predictedOf(), measuredMs, timing: 'inside', ...parts })
const under = {
  ...{ filters: ['sigkill'], commit: 'abc1234', cores: 2, waitedMs: 4_000 },
  ...{ pressureBefore: 3.29, load1Before: 0.5, cpuWaiting: 0.25 },
}
const runOf = (kind: Kind, claims: ClaimResult[], parts: Partial<ScenarioResult> = {}): Finished => ({
  ...{ name: `01-${kind}`, kind, result: resultOf(scenarioOf({ claims, ...parts })), under },
})

describe('the page of many runs', () => {
  const quiet = runOf('quiet', [inside(12_000)])
  const busy = runOf('busy', [claimOf({ verdict: 'violated' })], { verdict: 'violated' })
  const page = repeatedPage([quiet, busy], 'runs/a')

  test('has the command that makes it', () => {
    expect(page).toContain(
      '`node scripts/repeat.ts --times 2 --busy-half --into runs/a sigkill`: Kubernetes v1.34.4; 2 cores; commit abc1234;',
    )
  })

  test('says first what it all came to', () => {
    expect(page).toContain('- 1 quiet run, 1 scenario: 1 passed. Wrong verdicts: 0.')
    expect(page).toContain('- 1 busy run, 1 scenario: 1 violated. Wrong verdicts: 1.')
    expect(page).toContain(
      '- Measured times inside their windows on the quiet runs: 1 of 1 (100.0 %); the aim is 99.0 %.',
    )
    expect(page).toContain('is 1.00 times the sum of the periods')
  })

  test('has the verdicts, and every claim that did not pass with its message', () => {
    expect(page).toContain('| a killed pod is replaced | 1 passed | 1 violated |')
    expect(page).toContain(
      '- 01-busy, a killed pod is replaced: `toRestart()` **violated**: Pod/shop/web-1: expected much',
    )
  })

  test('has a row for each window', () => {
    expect(page).toContain(
      '| a killed pod is replaced | `toRestart()` | failProbe landed | 10.00 – 20.00 | 10.00 | 10.00 | 1.00 | 12.00 – 12.00 – 12.00 | 1 / 0 / 0 | – | 0 / 0 / 0 |',
    )
  })

  test('has a row for each run, with the load that it began under', () => {
    expect(page).toContain('| 01-quiet | passed | 2 min 00 s | pressure 3.3 %, load 0.50 | 4.0 s | 25.0 % |')
  })
})

test('windows without a period of Kubernetes stand apart', () => {
  const bare = inside(13_000, { statement: 'toRecover()', predicted: predictedOf({ kubernetesMs: 0 }) })
  const page = repeatedPage([runOf('quiet', [inside(12_000), bare])], 'a')
  const [, periods = '', none = ''] = page.split(/## Measured and predicted|### Windows without a period/)
  expect(periods).toContain('`toRestart()`')
  expect(periods).not.toContain('`toRecover()`')
  expect(none).toContain('| 10.00 – 20.00 | 10.00 | 13.00 – 13.00 – 13.00 | 1 / 0 / 0 |')
  expect(none).not.toContain('`toRestart()`')
})

test('runs of another program are only told of', () => {
  const { under: _, ...bare } = runOf('quiet', [])
  expect(repeatedPage([bare], '/tmp/quiet')).toContain('`node scripts/repeat.ts --tell --into /tmp/quiet`')
})

test('the noise of the machine is told where it was measured', () => {
  const noise = { samples: 5, apiMs: { p50: 12, max: 340 }, cpuWaiting: { p50: 0.1, max: 0.5 } }
  expect(repeatedPage([runOf('quiet', [], { noise })], 'a')).toContain(
    '| quiet | 12 ms / 340 ms | – | 10.0 % / 50.0 % |',
  )
})

test('a quiet run that began on a busy machine is owned up to', () => {
  const calm = runOf('quiet', [])
  const wild: Finished = { ...calm, under: { ...under, pressureBefore: 60 } }
  expect(repeatedPage([calm, wild], 'a')).toContain('the machine did not become calm: 1 of 2.')
  expect(repeatedPage([calm, { ...wild, kind: 'busy' }], 'a')).not.toContain('did not become calm')
})
