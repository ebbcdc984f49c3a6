import { expect, test } from 'vitest'
import { applyOver, asJson, mergePatch } from './merge.ts'

test.each([
  ['what is said takes the place of what is there', { a: 1, b: 2 }, {}, { a: 3 }, { a: 3, b: 2 }],
  ['what was said and is no more goes', { a: 1, b: 2 }, { a: 1 }, {}, { b: 2 }],
  ['of a field, only what was said goes', { a: { x: 1, y: 2 } }, { a: { x: 1 } }, {}, { a: { y: 2 } }],
  ['a field of which nothing is left goes', { a: { x: 1 }, b: 1 }, { a: { x: 1 } }, {}, { b: 1 }],
  [
    'inside a field that is said, too',
    { a: { x: 1, y: 2 } },
    { a: { x: 1 } },
    { a: { z: 3 } },
    { a: { y: 2, z: 3 } },
  ],
  ['a list is one value', { a: [1, 2] }, { a: [1, 2] }, { a: [3] }, { a: [3] }],
  ['what was said and is gone anyway is nothing', { b: 2 }, { a: { x: 1 } }, {}, { b: 2 }],
  ['what was never said before counts as such', { a: 1 }, undefined, { b: 2 }, { a: 1, b: 2 }],
])('%s', (_, present, last, applied, expected) => {
  expect(applyOver<object>(present, last, applied)).toEqual(expected)
})

test.each([
  [{ a: 1, b: { c: 2, d: 3 } }, { b: { c: null, e: 4 } }, { a: 1, b: { d: 3, e: 4 } }],
  [{ a: [1] }, { a: [2, 3] }, { a: [2, 3] }],
  [{ a: 1 }, { b: { c: null, d: 1 } }, { a: 1, b: { d: 1 } }],
  [{ a: 1 }, { a: undefined }, { a: 1 }],
])('%j patched by %j', (present, patch, expected) => {
  expect(mergePatch(present, patch)).toEqual(expected)
})

test('null and undefined say nothing', () => {
  expect(asJson({ a: null, b: undefined, c: [{ d: null, e: 1 }, null] })).toEqual({ c: [{ e: 1 }] })
})
