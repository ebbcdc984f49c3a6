import { expect, test } from 'vitest'
import { judgeLeftovers } from './leftovers.ts'

test('nothing, live runs, kept clusters and young strangers are no leftovers', () => {
  expect(judgeLeftovers([])).toEqual({ level: 'fine', found: 'no cluster of a dead run' })
  const clusters = [
    { name: 'live', fate: 'of a live run' },
    { name: 'kept', fate: 'kept for reuse' },
    { name: 'kept-too', fate: 'kept for reuse' },
    { name: 'gone', fate: 'gone' },
    { name: 'stranger', fate: "perhaps another user's" },
  ] as const
  expect(judgeLeftovers([...clusters])).toEqual({
    level: 'fine',
    found: "no cluster of a dead run; 1 of a live run, 2 kept for reuse, 1 perhaps another user's",
  })
})

test('the clusters that dead runs left are named with the sweep, those that were to be kept among them', () => {
  const clusters = [
    { name: 'dead', fate: 'dead' },
    { name: 'hurt', fate: 'to be mended' },
    { name: 'mended', fate: 'being mended' },
  ] as const
  expect(judgeLeftovers([...clusters])).toEqual({
    level: 'warning',
    found: '2 clusters of dead runs: dead, hurt; 1 being mended',
    remedy: 'npx rolypoly sweep',
  })
})
