import { expect, test } from 'vitest'
import { stateOf } from './power.ts'

test.each([
  ['running', 'running'],
  ['paused', 'paused'],
  ['exited', 'stopped'],
  ['created', 'stopped'],
  ['dead', 'stopped'],
])('a container that is %s is a node that is %s', (status, state) => {
  expect(stateOf(status)).toBe(state)
})
