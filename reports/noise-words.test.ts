import { expect, test } from 'vitest'
import { noiseLine } from './noise-words.ts'

test('how busy the machine was, with what was measured of it', () => {
  const apiMs = { p50: 12, max: 80 }
  expect(
    noiseLine({ samples: 9, apiMs, watchMs: { p50: 14, max: 1_240 }, cpuWaiting: { p50: 0.216, max: 0.5 } }),
  ).toBe(
    'machine: API writes 12 ms (max 80 ms), watch events 14 ms (max 1.2 s), waiting for CPU 22 % of the time (max 50 %)',
  )
  expect(noiseLine({ samples: 1, apiMs, cpuQueue: { p50: 1.25, max: 4 } })).toBe(
    'machine: API writes 12 ms (max 80 ms), 1.3 tasks for each CPU (max 4.0)',
  )
  expect(noiseLine({ samples: 1, apiMs })).toBe('machine: API writes 12 ms (max 80 ms)')
})
