import { expect, test } from 'vitest'
import type { EndpointSliceObject } from '../../kube.ts'
import type { Endpoint } from './endpoints-of.ts'
import { place } from './slices.ts'

const endpoint = (uid: string): Endpoint => ({ addresses: [uid], targetRef: { uid } })
const uids = (count: number, of: string) => Array.from({ length: count }, (_, n) => `${of}${n}`)
const slice = (has: string[]) => ({ endpoints: has.map(endpoint) }) as EndpointSliceObject

function placed(slices: string[][], wanted: string[]): { kept: number[]; made: number[] } {
  const { kept, made } = place(slices.map(slice), new Map(wanted.map((uid) => [uid, endpoint(uid)])))
  const size = (all: Endpoint[]) => all.length
  return { kept: [...kept.values()].map(size), made: made.map(size) }
}

test('new endpoints go where something changes anyway, before others are touched', () => {
  const [a, b] = [uids(90, 'a'), uids(40, 'b')]
  expect(placed([a, b], [...a, ...b.slice(1), 'new'])).toEqual({ kept: [90, 40], made: [] })
})

test('what is left goes where it fits best, or into new slices of a hundred', () => {
  const [a, b, c] = [uids(50, 'a'), uids(90, 'b'), uids(96, 'c')]
  const all = [...a, ...b, ...c]
  expect(placed([a, b, c], [...all, ...uids(10, 'new')])).toEqual({ kept: [50, 100, 96], made: [] })
  expect(placed([a, b, c], [...all, ...uids(60, 'new')])).toEqual({ kept: [50, 90, 96], made: [60] })
  expect(placed([], uids(230, 'new'))).toEqual({ kept: [], made: [100, 100, 30] })
  expect(placed([a, b], a)).toEqual({ kept: [50, 0], made: [] })
})
