import { existsSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { fuzz } from '../model/testing.ts'
import { intervalsOf } from './reduce.ts'
import { readRecording } from './testing.ts'

const golden = new URL('golden/', import.meta.url)
const recordings = readdirSync(golden)
  .map((name) => new URL(`${name}/recording.jsonl`, golden))
  .filter((path) => existsSync(path))
  .map((path) => readRecording(path))

/** Texts that somebody else chooses: what a watch tells of them stays of the API's shape. */
const chosen = ['message', 'reason', 'line', 'evidence', 'why', 'name', 'pod', 'observedBy']

function withTexts(value: unknown, text: string, key = ''): unknown {
  if (typeof value === 'string') return chosen.includes(key) ? `${value}${text}` : value
  if (Array.isArray(value)) return value.map((item) => withTexts(item, text, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withTexts(item, text, name)]))
}

test('whatever part of a recording there is, in whatever order, it comes to intervals that end after they begin', () => {
  expect(recordings.length).toBeGreaterThan(5)
  const parts = fc
    .constantFrom(...recordings)
    .chain((all) =>
      fc.tuple(fc.shuffledSubarray(all), fc.boolean(), fc.string({ unit: 'binary', maxLength: 10 })),
    )
  fuzz(
    fc.property(parts, ([part, isOrdered, text]) => {
      const given = isOrdered ? part.toSorted((a, b) => a.atMs - b.atMs) : part
      const intervals = intervalsOf(withTexts(given, text) as Observation[])
      expect(JSON.parse(JSON.stringify(intervals))).toEqual(intervals)
      if (!isOrdered) return
      for (const { fromMs, toMs } of intervals) expect(toMs ?? fromMs).toBeGreaterThanOrEqual(fromMs)
    }),
    0.2,
  )
})
