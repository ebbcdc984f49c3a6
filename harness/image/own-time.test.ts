import { expect, test } from 'vitest'
import { OwnTime } from './own-time.ts'

test('goes as the clock does while the beats come', () => {
  const own = new OwnTime(20, 1_000)
  const began = own.at(1_000)
  for (const nowMs of [1_020, 1_041, 1_100]) own.beat(nowMs)
  expect(own.at(1_110) - began).toBe(110)
})

test('stands still while the process is held up, before its next beat and after it', () => {
  const own = new OwnTime(20, 1_000)
  own.beat(1_020)
  const began = own.at(1_020)
  expect(own.at(2_500) - began).toBe(20)
  own.beat(2_500)
  expect(own.at(2_510) - began).toBe(30)
  for (const nowMs of [2_520, 2_540, 4_040]) own.beat(nowMs)
  expect(own.at(4_040) - began).toBe(80)
})
