import { expect, test } from 'vitest'
import { difference } from './fingerprint.ts'

test('what is missing and what is new are told, and nothing of what is as it was', () => {
  expect(difference(['a', 'b'], ['b', 'a'])).toEqual([])
  expect(difference(['a', 'b'], ['b', 'c'])).toEqual(['- a', '+ c'])
})
