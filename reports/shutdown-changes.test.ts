import { expect, test } from 'vitest'
import type { Shutdown } from '../harness/model/result.ts'
import { badStop, goodStop, lastRun, unseenStop } from './fixtures/shutdowns.ts'
import { stops } from './fixtures.ts'
import { changes, stopSentences } from './shutdown-changes.ts'

const exit = (atMs: number, code: number): Partial<Shutdown> => ({ exit: { atMs, code, reason: 'x' } })

test.each<[string, Partial<Shutdown>, string, 'worse' | 'better' | 'other']>([
  ['another exit code', exit(2_480, 1), 'exit code 0 → 1', 'worse'],
  ['a code as clean', exit(2_480, 143), 'exit code 0 → 143', 'other'],
  ['a slower exit', exit(4_580, 0), '2.1 s slower to exit', 'worse'],
  ['a faster exit', exit(1_480, 0), '1.0 s faster to exit', 'better'],
  [
    'lost requests',
    { inFlight: { answered: 1, lost: 2 }, late: { answered: 0, lost: 1 } },
    '3 requests lost where none was',
    'worse',
  ],
  [
    'cut connections',
    { keepAlive: { drained: 7, cut: 1 } },
    '1 kept-alive connection cut where none was',
    'worse',
  ],
  ['listening too short', { firstRefusedMs: 100 }, 'stopped listening before its endpoint left', 'worse'],
  [
    'another signal',
    { signal: { name: 'SIGQUIT', atMs: 1_120, observedBy: 'x' } },
    'stop signal SIGTERM → SIGQUIT',
    'other',
  ],
  ['another grace period', { graceMs: 60_000 }, 'grace period 30.0 s → 60.0 s', 'other'],
])('%s is told', (_, change, text, sense) => {
  expect(changes({ ...goodStop, ...change }, goodStop)).toEqual([{ text, sense }])
})

test.each<[Partial<Shutdown>]>([
  [exit(3_470, 0)],
  [{ inFlight: { answered: 40, lost: 0 } }],
  [{ keepAlive: { drained: 1, cut: 0 } }],
  [{ lastRoutedMs: 900, graceLeftMs: 26_000 }],
])('a difference by chance is none: %j', (change) => {
  expect(changes({ ...goodStop, ...change }, goodStop)).toEqual([])
})

test('a good stop that has become a bad one, and back again', () => {
  const texts = (now: Shutdown, before: Shutdown): string[] =>
    changes(now, before).map(({ text, sense }) => `${sense}: ${text}`)
  expect(texts(badStop, goodStop)).toEqual([
    'worse: exit code 0 → 137',
    'worse: SIGKILL had to end it',
    'worse: 27.9 s slower to exit',
    'worse: 9 requests lost where none was',
    'worse: 4 kept-alive connections cut where none was',
    'worse: stopped listening before its endpoint left',
  ])
  expect(texts(goodStop, badStop)).toEqual([
    'better: exit code 137 → 0',
    'better: SIGKILL no longer had to end it',
    'better: 27.9 s faster to exit',
    'better: no request lost where 9 were',
    'better: no kept-alive connection cut where 4 were',
    'better: listened until its endpoint had left',
  ])
})

test('the worst change comes first', () => {
  const now = { ...goodStop, ...exit(1_000, 143), keepAlive: { drained: 0, cut: 1 } }
  expect(changes(now, goodStop).map(({ sense }) => sense)).toEqual(['worse', 'other', 'better'])
})

test('what was not seen in one of the two runs is compared with nothing', () => {
  expect(changes(goodStop, unseenStop)).toEqual([])
  expect(changes(unseenStop, goodStop)).toEqual([{ text: 'exit not seen where it was 0', sense: 'other' }])
})

test('where there was nothing to lose, nothing has become better', () => {
  const idle = {
    ...goodStop,
    inFlight: unseenStop.inFlight,
    late: unseenStop.late,
    keepAlive: unseenStop.keepAlive,
  }
  expect(changes(idle, { ...goodStop, late: badStop.late, keepAlive: badStop.keepAlive })).toEqual([])
  expect(changes({ ...goodStop, late: { answered: 0, lost: 1 } }, idle)).toEqual([
    { text: '1 request lost where there was none', sense: 'worse' },
  ])
})

test('a stop and its changes in two sentences', () => {
  const [bad, good] = stops.scenarios.flatMap(({ shutdowns = [] }) => shutdowns)
  if (!bad || !good) throw new Error('no stops')
  expect(stopSentences(bad)).toEqual([
    expect.stringMatching(/^kubia-5f6b7d9c8-x8k2v: told to stop by SIGTERM, .* grace period of 30\.0 s\.$/),
    `Against run ${lastRun}: exit code 0 → 137, SIGKILL had to end it, 22.5 s slower to exit, 9 requests lost where none was, 4 kept-alive connections cut where none was, stopped listening before its endpoint left.`,
  ])
  expect(stopSentences(good)[1]).toBe(`Against run ${lastRun}: no difference that matters.`)
  expect(stopSentences(unseenStop)).toHaveLength(1)
})
