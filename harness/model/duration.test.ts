import { expect, test } from 'vitest'
import { type Duration, formatMeasured, formatMs, formatOffset, toMs } from './duration.ts'

test.each<[Duration, number]>([
  [0, 0],
  [1_500, 1_500],
  ['500ms', 500],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['24h', 86_400_000],
  [2 ** 31 - 1, 2 ** 31 - 1],
])('%s is %d ms', (duration, ms) => {
  expect(toMs(duration)).toBe(ms)
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '600h', '', '5', '5 s', '-5s', '5d', null])(
  '%j is no duration, or longer than a timer can wait',
  (duration) => {
    expect(() => toMs(duration as Duration)).toThrow(TypeError)
  },
)

test.each([
  [0, '0 ms'],
  [850, '850 ms'],
  [12_340, '12.3 s'],
  [125_000, '2 min 05 s'],
  [-0.4, '0 ms'],
  [-850, '-850 ms'],
  [-12_340, '-12.3 s'],
  [-130_000, '-2 min 10 s'],
])('%d ms is told as %s', (ms, told) => {
  expect(formatMs(ms)).toBe(told)
})

test.each([
  [12_340, '12.3 s after', '12.3 s'],
  [0, '0 ms after', '0 ms'],
  [-0.4, '0 ms after', '0 ms'],
  [-8.2, '8 ms before', '8 ms before'],
])('%d ms from an event is %s it, and took %s', (ms, offset, took) => {
  expect(formatOffset(ms)).toBe(offset)
  expect(formatMeasured(ms)).toBe(took)
})
