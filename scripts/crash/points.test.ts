import { expect, test } from 'vitest'
import { drawPoints, heldMs } from './points.ts'

const faults = ['a', 'b', 'c']

test('the same seed draws the same points, and another draws others', () => {
  expect(drawPoints(12, 7, faults)).toEqual(drawPoints(12, 7, faults))
  expect(drawPoints(12, 7, faults)).not.toEqual(drawPoints(12, 8, faults))
  expect(drawPoints(4, 7, faults)).toEqual(drawPoints(12, 7, faults).slice(0, 4))
})

test('every fault comes before any comes again, and guard and next run take turns', () => {
  const points = drawPoints(6, 3, faults)
  const names = points.map(({ fault }) => fault)
  expect([names.slice(0, 3).toSorted(), names.slice(3).toSorted()]).toEqual([faults, faults])
  expect(points.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6])
  expect(new Set(points.filter((_, k) => k % 2 === 0).map(({ undoneBy }) => undoneBy))).toEqual(
    new Set(['guard']),
  )
})

test('among many, every moment and every way to be killed is there', () => {
  const points = drawPoints(100, 1, faults)
  expect(new Set(points.map(({ since, killed }) => `${since} ${killed}`)).size).toBe(6)
  expect(points.every(({ delayMs }) => Number.isInteger(delayMs) && delayMs >= 0)).toBe(true)
  expect(new Set(points.map(({ delayMs }) => Math.floor(delayMs / 500))).size).toBeGreaterThan(5)
})

test('one that is killed in the hold is dead before the fault is reverted', () => {
  const inPlace = drawPoints(100, 1, faults).filter(({ since }) => since === 'landed')
  expect(inPlace.length).toBeGreaterThan(40)
  expect(Math.max(...inPlace.map(({ delayMs }) => delayMs))).toBeLessThan(heldMs - 500)
})
