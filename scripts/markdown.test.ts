import { expect, test } from 'vitest'
import { code, percent, plain, seconds, table } from './markdown.ts'

test('text keeps to its cell', () => {
  expect(plain('a|b\nc *d* <e>')).toBe('a\\|b c \\*d\\* \\<e\\>')
  expect(code('to`|`x')).toBe("`to'\\|'x`")
})

test('a table has a line for its head, and one for each row', () => {
  expect(table(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |')
})

test('seconds have two decimals, and no negative zero', () => {
  expect([12_345, 0, -3, -40].map(seconds)).toEqual(['12.35', '0.00', '0.00', '-0.04'])
})

test('a share of nearly all is not all', () => {
  expect([1, 0.9999, 0.5].map(percent)).toEqual(['100.0 %', '99.9 %', '50.0 %'])
})
