import { expect, test } from 'vitest'
import { readEpochAtZero } from './clock.ts'

/** A process that is held up for so long before each look at a clock; once these are over, no more. */
function heldUp(...heldUpMs: number[]) {
  let nowMs = 5_000
  const look = () => {
    nowMs += heldUpMs.shift() ?? 0
    return nowMs
  }
  return { now: look, epoch: () => 1_700_000_000_000 + look() }
}

test.each([
  ['not at all', []],
  ['before it looks', [320]],
  ['between the two clocks', [0, 320]],
  ['after the second one', [0, 0, 320]],
  ['more than once', [10, 320, 0, 30, 500, 1, 0, 0, 90]],
])('what a clock shows at zero is read well by a process that is held up: %s', (_, heldUpMs) => {
  const held = heldUp(...heldUpMs)
  expect(readEpochAtZero(held, held)).toBe(1_700_000_000_000)
})
