import { describe, expect, test } from 'vitest'
import type { Round, Waited } from './rounds.ts'
import { endingOf, falsePassPage, rowsOf } from './table.ts'

const truth = { damagedMs: 120, recoveredMs: 900, restartedMs: 400 }
const waited = (returnedMs: number, parts: Partial<Waited> = {}): Waited => ({
  ...{ tool: 'kubectl wait', says: 'recovered', passed: true, returnedMs, said: '' },
  ...parts,
})
const roundOf = (...waits: Waited[]): Round => ({
  ...{ fault: 'killContainer', startedAt: '2026-11-21T12:00:00.000Z', begunMs: 100, truth, waits },
})
const ending = (of: Waited, round = roundOf(of)) => endingOf(of, round)

describe('the end of a wait', () => {
  test('before the damage, or before the recovery, is a false pass', () => {
    expect(ending(waited(110))).toBe('passed falsely')
    expect(ending(waited(899))).toBe('passed falsely')
  })

  test('once it is as it says, it holds', () => {
    expect(ending(waited(900))).toBe('held')
    expect(ending(waited(400, { says: 'restarted' }))).toBe('held')
    expect(ending(waited(399, { says: 'restarted' }))).toBe('passed falsely')
  })

  test('what never happened was passed falsely', () => {
    expect(ending(waited(5_000, { says: 'replaced' }))).toBe('passed falsely')
  })

  test('what happened before the damage was seen is no sign of it', () => {
    const round = { ...roundOf(), truth: { ...truth, damagedMs: 500 } }
    expect(ending(waited(450, { says: 'restarted' }), round)).toBe('passed falsely')
  })

  test('without success there is no false pass', () => {
    expect(ending(waited(110, { passed: false }))).toBe('did not pass')
  })
})

const rounds = [
  roundOf(waited(110), waited(905, { tool: 'toRecover()' })),
  roundOf(waited(950), waited(1_005, { tool: 'toRecover()' })),
  { ...roundOf(waited(130, { passed: false })), fault: 'deletePod' as const },
]

test('a row for each fault and tool, with the medians from the begin of the wait', () => {
  expect(rowsOf(rounds)).toEqual([
    {
      ...{ fault: 'deletePod', tool: 'kubectl wait', says: 'recovered', rounds: 1, passedFalsely: 0 },
      ...{ didNotPass: 1, returnedMs: 30, happenedMs: 800 },
    },
    {
      ...{ fault: 'killContainer', tool: 'kubectl wait', says: 'recovered', rounds: 2, passedFalsely: 1 },
      ...{ didNotPass: 0, returnedMs: 430, happenedMs: 800 },
    },
    {
      ...{ fault: 'killContainer', tool: 'toRecover()', says: 'recovered', rounds: 2, passedFalsely: 0 },
      ...{ didNotPass: 0, returnedMs: 855, happenedMs: 800 },
    },
  ])
})

test('the page has the command, when the damage was seen, and a line for each row', () => {
  const page = falsePassPage(rounds, 'node bench/false-pass.ts --times 2')
  expect(page).toContain('Made by `node bench/false-pass.ts --times 2`.')
  expect(page).toContain('deletePod 0.02 s (1 round), killContainer 0.02 s (2 rounds)')
  expect(page).toContain(
    '| killContainer | `kubectl wait` | every replica is ready again | 1 of 2 (50.0 %) | 0 | 0.43 s | 0.80 s |',
  )
})
