import { expect, test } from 'vitest'
import { coursesOf, medianOf } from './flat.ts'

const limits = { files: { share: 0, atLeast: 2 }, heap: { share: 0.1, atLeast: 4 } }
const ofFiles = (...files: number[]) => files.map((n) => ({ files: n, heap: 100 }))

test('a thing that comes and goes is flat, and one outlier in a quarter changes nothing', () => {
  const [files] = coursesOf(ofFiles(10, 30, 10, 12, 11, 10, 30, 11, 10, 12, 90, 12), limits)
  expect(files).toEqual({ name: 'files', first: 10, last: 12, limit: 2, isFlat: true })
})

test('a thing of which there is more and more is not flat', () => {
  const [files, heap] = coursesOf(ofFiles(10, 11, 12, 13, 14, 15, 16, 17), limits)
  expect(files).toMatchObject({ first: 10.5, last: 16.5, isFlat: false })
  expect(heap).toMatchObject({ limit: 10, isFlat: true })
})

test('a thing that was not sampled is not flat', () => {
  const none = Array.from({ length: 8 }, () => ({ heap: 1 }))
  expect(coursesOf(none, limits)).toMatchObject([{ name: 'files', isFlat: false }, { isFlat: true }])
})

test('of few samples nothing is said', () => {
  expect(coursesOf(ofFiles(10, 10, 10), limits)).toEqual([])
})

test('the median of an even number is between the two in the middle', () => {
  expect(medianOf([4, 1, 3, 2])).toBe(2.5)
  expect(medianOf([9, 1, 5])).toBe(5)
})
