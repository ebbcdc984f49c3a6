import { expect, test } from 'vitest'
import { shardOf } from './run.ts'

const files = ['e', 'b', 'd', 'a', 'c'].map((moduleId) => ({ moduleId }))
const names = (of: typeof files, shard?: string) => shardOf(of, shard).map(({ moduleId }) => moduleId)

test('without a shard it is all of the files, as they came', () => {
  expect(names(files)).toEqual(['e', 'b', 'd', 'a', 'c'])
})

test.each([1, 2, 3, 5, 7])('%i parts together are all of the files, none of them twice', (n) => {
  const parts = Array.from({ length: n }, (_, i) => names(files, `${i + 1}/${n}`))
  expect(parts.flat().sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
  const sizes = parts.map(({ length }) => length)
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
})

test('a part is the same in whatever order the files come', () => {
  expect(names(files, '1/2')).toEqual(['a', 'c', 'e'])
  expect(names(files.toReversed(), '1/2')).toEqual(['a', 'c', 'e'])
  expect(names(files.toReversed(), '2/2')).toEqual(['b', 'd'])
})
