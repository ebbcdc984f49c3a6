import { expect, test } from 'vitest'
import type { Interval } from '../model/interval.ts'
import { spansOf } from './spans.ts'

const of = (...spans: [number, number | null][]) =>
  spansOf(spans.map(([fromMs, toMs]) => ({ fromMs, toMs }) as Interval)).map(({ fromMs, toMs }) => [
    ...[fromMs, toMs],
  ])

test.each<[name: string, intervals: [number, number | null][], spans: [number, number | null][]]>([
  ['none', [], []],
  ['one', [[1, 5]], [[1, 5]]],
  ['one that goes on', [[1, null]], [[1, null]]],
  [
    'two apart',
    [
      [1, 5],
      [6, 9],
    ],
    [
      [1, 5],
      [6, 9],
    ],
  ],
  [
    'two of which one begins as the other ends',
    [
      [1, 5],
      [5, 9],
    ],
    [[1, 9]],
  ],
  [
    'two that overlap',
    [
      [1, 5],
      [4, 9],
    ],
    [[1, 9]],
  ],
  [
    'one within another',
    [
      [1, 9],
      [2, 5],
      [7, 8],
    ],
    [[1, 9]],
  ],
  [
    'one that goes on after an end',
    [
      [1, 5],
      [3, null],
    ],
    [[1, null]],
  ],
  [
    'ends while another goes on',
    [
      [1, null],
      [3, 5],
      [8, 9],
    ],
    [[1, null]],
  ],
  [
    'in any order',
    [
      [6, 9],
      [1, 2],
      [2, 4],
    ],
    [
      [1, 4],
      [6, 9],
    ],
  ],
])('spans of %s', (_, intervals, spans) => {
  expect(of(...intervals)).toEqual(spans)
})

test('the intervals themselves stay as they were', () => {
  const intervals = [
    { fromMs: 6, toMs: 9 },
    { fromMs: 1, toMs: 7 },
  ] as Interval[]
  spansOf(intervals)
  expect(intervals).toEqual([
    { fromMs: 6, toMs: 9 },
    { fromMs: 1, toMs: 7 },
  ])
})
