import { expect, test } from 'vitest'
import type { Clock } from '../cluster/clock.ts'
import type { Observation } from '../model/observation.ts'
import { watchClock } from './clock-steps.ts'

/** What is recorded while the machine's clock is set by so much in each second, on a machine that holds us up there. */
async function gapsOf(steps: number[], heldUpMs = 0): Promise<Observation[]> {
  const recorded: Observation[] = []
  const stopping = new AbortController()
  const left = [...steps]
  let [nowMs, aheadMs, heldUp] = [7_000, 1_700_000_000_000, 0]
  const clock: Clock = {
    now: () => nowMs,
    epoch: () => {
      nowMs += heldUp
      heldUp = 0
      return nowMs + aheadMs
    },
    sleep: async (ms) => {
      heldUp = heldUpMs
      const step = left.shift()
      if (step === undefined) return stopping.abort()
      nowMs += ms
      aheadMs += step
    },
    outside: (work) => work(),
  }
  const recorder = { now: () => nowMs - 7_000, record: (seen: Observation) => void recorded.push(seen) }
  await watchClock({ clock, recorder, signal: stopping.signal })
  return recorded
}

test('a clock that goes on as it should is none', async () => {
  expect(await gapsOf([0, 0.5, -0.5, 0, 20])).toEqual([])
})

test('a clock that is slewed for long is none', async () => {
  expect(await gapsOf(Array<number>(2_000).fill(0.5))).toEqual([])
})

test('a process that is held up between two looks at the clocks sees no step', async () => {
  expect(await gapsOf([0, 0, 0], 320)).toEqual([])
})

test('a clock that is set forward and back is a gap each time', async () => {
  const gap = { source: 'gap', watch: 'clock' }
  expect(await gapsOf([0, 3_600_000, 0, -3_600_000])).toEqual([
    { ...gap, fromMs: 1_000, atMs: 2_000, reason: "the machine's clock was set forward by 60 min 00 s" },
    { ...gap, fromMs: 3_000, atMs: 4_000, reason: "the machine's clock was set back by 60 min 00 s" },
  ])
})
