import { expect, test } from 'vitest'
import { percentile } from './percentile.ts'

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

test.each([
  [100, 0.5, 50],
  [100, 0.99, 99],
  [100, 1, 100],
  [101, 0.99, 100],
  [99, 0.99, 99],
  [4, 0.5, 2],
  [5, 0.5, 3],
  [1, 0.5, 1],
  [3, 0, 1],
])(
  'of %d values, the percentile %d is the one at rank %d: so many are no larger, and no fewer',
  (n, share, rank) => {
    expect(percentile(upTo(n), share)).toBe(rank)
  },
)

test('of no values there is none', () => {
  expect(percentile([], 0.5)).toBeNaN()
})
