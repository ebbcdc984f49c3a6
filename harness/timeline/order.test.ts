import { expect, test } from 'vitest'
import { numbered, pairsOf, swapped, unpaired } from './order.ts'

const named = (times: Record<string, number>) => Object.entries(times).map(([name, atMs]) => ({ name, atMs }))
const pairs = (ours: Record<string, number>, theirs: Record<string, number>) =>
  pairsOf(named(ours), named(theirs))

test('what happens again has another name', () => {
  const events = ['ready', 'gone', 'ready', 'ready'].map((name, atMs) => ({ name, atMs }))
  expect(numbered(events).map(({ name }) => name)).toEqual(['ready', 'gone', 'ready (2)', 'ready (3)'])
})

test('each event is in both runs, in the order of the real one', () => {
  expect(pairs({ a: 1, c: 2, b: 3 }, { b: 5, a: 6 })).toEqual([
    ...[
      { name: 'b', simulatedMs: 3, realMs: 5 },
      { name: 'a', simulatedMs: 1, realMs: 6 },
    ],
    { name: 'c', simulatedMs: 2 },
  ])
})

test('what is missing is told, but right before the end', () => {
  expect(unpaired(pairs({ a: 0, end: 9_000 }, { a: 0, b: 7_400, end: 9_000 }))).toEqual([
    '“b” was not seen here',
  ])
  expect(unpaired(pairs({ a: 0, b: 7_400, end: 9_000 }, { a: 0, end: 9_000 }))).toEqual([
    '“b” was seen here only',
  ])
  expect(unpaired(pairs({ a: 0, end: 9_000 }, { a: 0, b: 7_600, end: 9_000 }))).toEqual([])
})

test('another order is told, but for what is close together there, or here where that counts', () => {
  const told = ['“b” comes before “a” here, and 1600 ms after it there']
  expect(swapped(pairs({ b: 0, a: 100 }, { a: 0, b: 1_600 }))).toEqual(told)
  expect(swapped(pairs({ b: 0, a: 100 }, { a: 0, b: 1_400 }))).toEqual([])
  expect(swapped(pairs({ b: 0, a: 100 }, { a: 0, b: 1_600 }), 100)).toEqual([])
  expect(swapped(pairs({ b: 0, a: 100 }, { a: 0, b: 1_600 }), 99)).toEqual(told)
})
