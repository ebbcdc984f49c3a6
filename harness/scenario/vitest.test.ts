import { expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import { sharedAtOnce } from './vitest.ts'

test('as many files at once as suit the processors, two at least and eight at most', () => {
  expect([1, 2, 4, 32].map((cpus) => sharedAtOnce({}, cpus))).toEqual([2, 3, 6, 8])
})

test('as many as were asked for, in whatever a machine', () => {
  expect(sharedAtOnce({ ROLYPOLY_AT_ONCE: '24' }, 2)).toBe(24)
  expect(sharedAtOnce({ ROLYPOLY_AT_ONCE: '' }, 2)).toBe(3)
})

test.each(['0', '65', '2.5', 'many', '-1', '1e1'])('%s at once makes no sense', (asked) => {
  expect(() => sharedAtOnce({ ROLYPOLY_AT_ONCE: asked }, 2)).toThrow(UsageError)
})
