import { expect, test } from 'vitest'
import { tooBusy } from './fixtures/stops.ts'
import { blamesMachine, noiseLine } from './noise-words.ts'

test('how busy the machine was, with what was measured of it', () => {
  const apiMs = { p50: 12, max: 80 }
  expect(
    noiseLine({ samples: 9, apiMs, watchMs: { p50: 14, max: 1_240 }, cpuWaiting: { p50: 0.216, max: 0.5 } }),
  ).toBe(
    'machine: API writes 12 ms (max 80 ms), watch events 14 ms (max 1.2 s), waiting for CPU 22 % of the time (max 50 %)',
  )
  expect(noiseLine({ samples: 1, apiMs })).toBe('machine: API writes 12 ms (max 80 ms)')
})

test('only a claim that could not be judged blames the machine, and only by its words', () => {
  const [claim] = tooBusy.claims
  if (!claim) throw new Error('no claim')
  expect(blamesMachine(claim)).toBe(true)
  expect(blamesMachine({ ...claim, verdict: 'violated' })).toBe(false)
  expect(blamesMachine({ ...claim, message: 'Pod/shop/machine-0: no restart was seen.' })).toBe(false)
  expect(blamesMachine({ ...claim, message: 'The watch of Pods has a gap of 1.8 s.' })).toBe(false)
})
