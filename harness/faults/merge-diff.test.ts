import { expect, test } from 'vitest'
import { mergePatch } from '../cluster/simulated/api/merge.ts'
import { mergeDiff } from './merge-diff.ts'

test.each<[string, object, object, object]>([
  ['nothing where nothing differs', { a: { b: [1] } }, { a: { b: [1] } }, {}],
  ['what is new, and what is other', { a: 1, b: 2 }, { a: 1, b: 3, c: 4 }, { b: 3, c: 4 }],
  [
    'null for what is gone, at any depth',
    { a: { b: 1, c: 2 }, d: 3 },
    { a: { c: 2 } },
    { a: { b: null }, d: null },
  ],
  ['a list as a whole', { a: [{ n: 1, x: 1 }, 2] }, { a: [{ n: 1 }, 2] }, { a: [{ n: 1 }, 2] }],
  ['an object in the place of a value', { a: 1, b: { c: 1 } }, { a: { c: 1 }, b: 1 }, { a: { c: 1 }, b: 1 }],
])('tells %s', (_, from, to, patch) => {
  expect(mergeDiff(from, to)).toEqual(patch)
  expect(mergePatch(from, mergeDiff(from, to))).toEqual(to)
})
