import { describe, expect, test } from 'vitest'
import type { NoiseObservation, Observation, TrafficObservation } from '../model/observation.ts'
import { FakeRecording, fakeStage, timelineOf } from '../timeline/testing.ts'
import { judgeGaps } from './to-have-gap-of.ts'
import { judgeLatency } from './to-keep-latency.ts'
import { judgeLosses } from './to-lose-requests.ts'
import { excuseFor } from './traffic.ts'

const beat = (atMs: number, apiMs: number): NoiseObservation => ({
  ...{ source: 'noise', atMs, apiMs, watchMs: apiMs },
})
const asked = (atMs: number, parts: Partial<TrafficObservation> = {}): TrafficObservation => ({
  ...{ source: 'traffic', atMs, service: 'web', seq: 0, connection: 'new', tookMs: 5, ...parts },
})
const timedOut = (atMs: number) => asked(atMs, { tookMs: 2_000, lost: 'timeout' })

const calm = [beat(0, 20), beat(2_000, 25), beat(4_000, 20)]
/** 1.6 times as slow as a calm one may be. */
const busy = [beat(0, 400), beat(2_000, 400), beat(4_000, 400)]
const slow = [beat(0, 20), beat(2_000, 1_400), beat(4_000, 1_600)]
const stalled = [beat(0, 20), beat(2_000, 3_000)]

const lost = (...seen: Observation[]) =>
  judgeLosses(fakeStage(new FakeRecording()), ['web'], 0, 'all')(timelineOf(...seen), 0)

describe('a request that times out on a machine that was too slow', () => {
  test('breaks no promise, and leaves it unjudged with the figures', () => {
    const detail = expect.stringMatching(
      /^1 were lost \(1 timeout on new connections\), but this machine was too slow to judge: API writes took /,
    )
    expect(lost(...slow, timedOut(2_500))).toEqual({ is: 'unjudgeable', detail, tooSlow: true })
    expect(lost(...stalled, timedOut(2_500)).is).toBe('unjudgeable')
  })

  test('breaks none on one and a half times as slow a machine either: a pod may have had no CPU', () => {
    const at = (apiMs: number) => [beat(0, apiMs), beat(2_000, apiMs), beat(4_000, apiMs)]
    expect(lost(...at(375), timedOut(2_500)).is).toBe('unjudgeable')
    expect(lost(...at(374), timedOut(2_500)).is).toBe('broken')
  })

  test('breaks it on a calm machine', () => {
    expect(lost(...calm, timedOut(2_500)).is).toBe('broken')
    expect(lost(timedOut(2_500)).is).toBe('broken')
  })

  test('breaks it where a fault has slowed down the API server, and not the machine', () => {
    const landed = { source: 'fault', phase: 'landed', atMs: 1_900, fault: 0, lasting: true } as const
    const away = (target: string) =>
      lost({ ...landed, kind: 'stopControlPlane', target }, ...slow, timedOut(2_500)).is
    expect([away('kube-apiserver'), away('kube-scheduler')]).toEqual(['broken', 'unjudgeable'])
  })

  test('nor does one that the prober gave up late, for it had no CPU itself', () => {
    const late = (tookMs: number) => lost(...calm, asked(2_500, { tookMs, lost: 'timeout' }))
    expect(late(2_503)).toEqual({
      is: 'unjudgeable',
      tooSlow: true,
      detail:
        '1 were lost (1 timeout on new connections), but this machine was too slow to judge: the prober itself was held up for 503 ms',
    })
    expect([late(2_099).is, late(2_100).is]).toEqual(['broken', 'unjudgeable'])
  })

  test('excuses no other loss: a refused connection is not late', () => {
    expect(lost(...slow, asked(2_500, { lost: 'refused' })).is).toBe('broken')
    const both = [timedOut(2_500), asked(2_600, { lost: 'reset' })]
    expect(lost(...slow, ...both)).toMatchObject({ is: 'broken', atMs: 2_605 })
  })

  test('is no excuse where none was lost', () => {
    expect(excuseFor(timelineOf(...slow), [])).toBeUndefined()
  })
})

describe('answers that come slowly on a machine that was too slow', () => {
  const hundred = (tookMs: number) => Array.from({ length: 100 }, (_, n) => asked(n * 50, { tookMs }))
  const latency = (...seen: Observation[]) =>
    judgeLatency(['web'], [{ name: 'p99', share: 0.99, limitMs: 200 }])(timelineOf(...seen), 0)
  const gap = (...seen: Observation[]) => judgeGaps(['web'], 500)(timelineOf(...seen), 0)

  test('leave their latency unjudged', () => {
    expect(latency(...calm, ...hundred(300)).is).toBe('broken')
    expect(latency(...slow, ...hundred(300))).toMatchObject({
      ...{ is: 'unjudgeable', detail: expect.stringContaining('machine was too slow to judge') },
    })
    expect(latency(...slow, ...hundred(30)).is).toBe('open')
  })

  test('by no more than the machine was slower, unless it was beyond judging', () => {
    expect(latency(...busy, ...hundred(320)).is).toBe('unjudgeable')
    expect(latency(...busy, ...hundred(321)).is).toBe('broken')
    expect(latency(...slow, ...hundred(9_999)).is).toBe('unjudgeable')
    const apart = (ms: number) => [asked(2_000), asked(2_000 + ms)]
    expect(gap(...busy, ...apart(800)).is).toBe('unjudgeable')
    expect(gap(...busy, ...apart(801)).is).toBe('broken')
    expect(gap(...slow, ...apart(9_999)).is).toBe('unjudgeable')
  })

  test('leave their gaps unjudged', () => {
    const apart = [asked(2_000), asked(3_000)]
    expect(gap(...calm, ...apart).is).toBe('broken')
    expect(gap(...slow, ...apart)).toMatchObject({
      ...{ is: 'unjudgeable', detail: expect.stringContaining('machine was too slow to judge') },
    })
  })
})
