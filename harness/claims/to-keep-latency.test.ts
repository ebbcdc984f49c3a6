import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { answeredRequest, lostRequest, timelineOf } from '../timeline/testing.ts'
import { judgeLatency } from './to-keep-latency.ts'

const limit = (name: 'p50' | 'p95' | 'p99', limitMs: number) => ({
  ...{ name, limitMs },
  share: Number(name.slice(1)) / 100,
})
/** So many requests from 1 s on, ten milliseconds apart. */
const many = (n: number, tookMs: number, fromMs = 1_000) =>
  Array.from({ length: n }, (_, i) => answeredRequest(fromMs + 10 * i, { tookMs }))
const judge = (limits: ReturnType<typeof limit>[], ...observations: Observation[]) =>
  judgeLatency(['web'], limits)(timelineOf(...observations), 1_000)

describe('the latency of requests', () => {
  test('holds where so large a share of them took no longer', () => {
    const limits = [limit('p50', 20), limit('p99', 20)]
    expect(judge(limits, ...many(99, 20), ...many(1, 900, 5_000))).toEqual({
      ...{ is: 'open', lastSeen: 'of 100 requests p50 took 20 ms, p99 took 20 ms' },
    })
  })

  test('is broken where one more was slow, at the end of the first slow one', () => {
    const slow = [answeredRequest(4_000, { tookMs: 21 }), answeredRequest(5_000, { tookMs: 900 })]
    expect(judge([limit('p50', 20), limit('p99', 20)], ...many(98, 20), ...slow)).toEqual({
      ...{ is: 'broken', atMs: 4_021 },
      detail: 'of 100 requests p50 took 20 ms, p99 took 21 ms, the first over its limit',
    })
  })

  test('is broken by the limit that is exceeded, whichever that is', () => {
    expect(judge([limit('p50', 20), limit('p99', 500)], ...many(49, 20), ...many(51, 30)).is).toBe('broken')
    expect(judge([limit('p50', 20), limit('p99', 500)], ...many(50, 20), ...many(50, 30)).is).toBe('open')
  })

  test('counts a lost request as the slowest of all, however soon it was lost', () => {
    const lost = [lostRequest(4_000), lostRequest(4_100, { lost: 'status', status: 503 })]
    expect(judge([limit('p99', 60_000)], ...many(98, 20), ...lost)).toEqual({
      ...{ is: 'broken', atMs: 4_001, detail: 'of 100 requests p99 was lost, the first over its limit' },
    })
    expect(judge([limit('p99', 20)], ...many(99, 20), ...lost.slice(1)).is).toBe('open')
  })

  test('is that of requests since the fault, also of those that were in flight at it', () => {
    const before = many(50, 900, 0)
    expect(judge([limit('p50', 20)], ...before.slice(0, 9), ...many(100, 20)).is).toBe('open')
    const inFlight = answeredRequest(100, { tookMs: 900 })
    expect(judge([limit('p99', 20)], inFlight, inFlight, ...many(98, 20))).toMatchObject({ atMs: 1_000 })
  })

  test('is that of requests through the Services that were asked for, and of no endpoint asked itself', () => {
    const others = many(50, 900).map((one, i) => ({
      ...one,
      ...(i % 2 ? { service: 'api' } : { address: '10.0.0.1' }),
    }))
    expect(judge([limit('p95', 20)], ...many(100, 20), ...others)).toMatchObject({
      lastSeen: 'of 100 requests p95 took 20 ms',
    })
  })

  test('cannot be judged of fewer than a hundred', () => {
    expect(judge([limit('p99', 20)], ...many(99, 900))).toEqual({
      ...{ is: 'unjudgeable' },
      detail: 'only 99 requests were sent since the fault, and 100 are needed to judge',
    })
  })
})
