import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { answeredRequest, lostRequest, route, timelineOf } from './testing.ts'

const [a, b] = ['10.244.1.12', '10.244.2.7']
const addressesOf = (...observations: Observation[]) =>
  timelineOf(...observations).traffic.asked.map(({ address }) => address)
const port = 49_322

describe('a request goes where its connection was routed to', () => {
  const asked = answeredRequest(1_000, { port })

  test('whether that is told of before it or after it', () => {
    expect(addressesOf(route(1_001, port, a), asked)).toEqual([a])
    expect(addressesOf(asked, route(1_001, port, a))).toEqual([a])
    expect(addressesOf(route(1_001, port, a), asked, route(2_000, 50_000, b))).toEqual([a])
  })

  test('by the prober`s own port, and by the Service', () => {
    expect(addressesOf(route(1_001, port + 1, a), asked)).toEqual([undefined])
    expect(addressesOf(route(1_001, port, a, 'api'), asked)).toEqual([undefined])
    expect(addressesOf(asked, route(1_001, port, a, 'api'))).toEqual([undefined])
    expect(addressesOf(route(1_001, port, a), answeredRequest(1_000))).toEqual([undefined])
    const toApi = answeredRequest(1_000, { port, service: 'api' })
    expect(addressesOf(route(1_001, port, a), route(1_001, port, b, 'api'), toApi)).toEqual([b])
  })

  test('the clocks of the two may be 100 ms apart, and no more', () => {
    expect(addressesOf(route(900, port, a), asked)).toEqual([a])
    expect(addressesOf(route(899, port, a), asked)).toEqual([undefined])
    expect(addressesOf(asked, route(900, port, a))).toEqual([a])
    expect(addressesOf(asked, route(899, port, a))).toEqual([undefined])
  })

  test('as does every later one on the same connection', () => {
    const later = (atMs: number) => answeredRequest(atMs, { port, connection: 'reused', ageMs: atMs - 1_000 })
    expect(addressesOf(route(1_001, port, a), asked, later(9_000), later(60_000))).toEqual([a, a, a])
    expect(addressesOf(asked, later(1_100), later(1_200), route(1_001, port, a))).toEqual([a, a, a])
  })

  test('a connection that was open before routes were followed is listed, as of the time of the list', () => {
    const old = answeredRequest(1_000, { port, connection: 'reused', ageMs: 30_000 })
    expect(addressesOf(route(500, port, a), old)).toEqual([a])
    expect(addressesOf(old, route(1_500, port, a))).toEqual([a])
  })
})

describe('where a port comes round again', () => {
  const first = lostRequest(1_000, { port })
  const second = lostRequest(61_000, { port })

  test('each request has the route of its own connection', () => {
    expect(addressesOf(route(1_000, port, a), first, route(61_000, port, b), second)).toEqual([a, b])
    expect(addressesOf(first, route(1_000, port, a), second, route(61_000, port, b))).toEqual([a, b])
  })

  test('one that was sent nowhere is not given the route of the next', () => {
    expect(addressesOf(first, route(61_000, port, b), second)).toEqual([undefined, b])
    expect(addressesOf(first, second, route(61_000, port, b))).toEqual([undefined, b])
  })

  test('one that was sent nowhere is not given the route of the one before', () => {
    expect(addressesOf(route(1_000, port, a), first, second)).toEqual([a, undefined])
    const kept = answeredRequest(62_000, { port, connection: 'reused', ageMs: 1_000 })
    expect(addressesOf(route(1_000, port, a), first, kept)).toEqual([a, undefined])
  })
})

test('an endpoint that is asked itself is no request of the Service`s, and its losses are none', () => {
  const { traffic } = timelineOf(
    answeredRequest(0, { tookMs: 0 }),
    answeredRequest(100, { tookMs: 0, address: a }),
    lostRequest(200, { address: a }),
    answeredRequest(300, { tookMs: 0 }),
  )
  expect(traffic).toMatchObject({ requests: 2, losses: [], longestGapMs: 300 })
  expect(traffic.asked.map(({ direct }) => direct)).toEqual([false, true, true, false])
})

test('routes are followed once one was told of', () => {
  expect(timelineOf(answeredRequest(1, { port })).traffic.isRouted).toBe(false)
  expect(timelineOf(route(1, port, a)).traffic.isRouted).toBe(true)
})

test('a route is awaited for the last losses alone, where routes are followed', () => {
  const lost = lostRequest(1_000, { port })
  const other = route(1, port + 1, a)
  expect(timelineOf(lost).traffic.awaitsRoutes).toBe(false)
  expect(timelineOf(other, lost).traffic.awaitsRoutes).toBe(true)
  expect(timelineOf(other, lost, route(1_000, port, a)).traffic.awaitsRoutes).toBe(false)
  const since = Array.from({ length: 20 }, (_, n) => [
    lostRequest(2_000 + n, { port: 2_000 + n }),
    route(2_000 + n, 2_000 + n, a),
  ])
  expect(timelineOf(other, lost, ...since.flat()).traffic.awaitsRoutes).toBe(false)
})
