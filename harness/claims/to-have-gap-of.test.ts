import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { answeredRequest, lostRequest, timelineOf } from '../timeline/testing.ts'
import { judgeGaps } from './to-have-gap-of.ts'

const at = (ms: number, service = 'web') => answeredRequest(ms, { tookMs: 0, service })
const lost = (ms: number) => lostRequest(ms, { tookMs: 0 })
const judge = (...observations: Observation[]) => judgeGaps(['web'], 500)(timelineOf(...observations), 1_000)

describe('the gap between good answers', () => {
  test('is broken at the answer that came too late, and says from when on there was none', () => {
    expect(judge(at(900), at(1_200), at(1_700)).is).toBe('open')
    expect(judge(at(900), at(1_200), lost(1_300), at(1_701), at(1_800))).toEqual({
      ...{ is: 'broken', atMs: 1_701 },
      detail: 'Service web gave no good answer for 501 ms from 1.20 s on, seen',
    })
  })

  test('counts from the fault on', () => {
    expect(judge(at(100), at(1_500)).is).toBe('open')
    expect(judge(at(100), at(1_501))).toMatchObject({ is: 'broken', atMs: 1_501 })
    expect(judge(at(100), at(900), at(1_100)).is).toBe('open')
  })

  test('of a Service that was asked only later counts from then on', () => {
    expect(judge(at(9_000), at(9_500))).toEqual({
      ...{ is: 'open', lastSeen: 'never more than 500 ms without a good answer' },
    })
    expect(judge(lost(9_000), at(9_501)).is).toBe('broken')
  })

  test('goes on to the last request that was told of, where none was answered since', () => {
    expect(judge(at(1_200), lost(1_700)).is).toBe('open')
    expect(judge(at(1_200), lost(1_400), lost(1_701))).toMatchObject({ is: 'broken', atMs: 1_701 })
  })

  test('is not ended by an answer that is no success', () => {
    const bad = lostRequest(1_400, { lost: 'status', status: 503, tookMs: 0 })
    expect(judge(at(1_200), bad, at(1_701)).is).toBe('broken')
  })

  test('is of answers by the time that they ended, in whatever order they are told', () => {
    expect(judge(at(1_100), at(2_000), at(1_600)).is).toBe('open')
    expect(judge(at(1_100), answeredRequest(1_500, { tookMs: 101 })).is).toBe('broken')
  })

  test('is each Service`s own, and no endpoint`s that was asked itself', () => {
    const both = judgeGaps(['web', 'api'], 500)
    expect(both(timelineOf(at(1_200), at(1_400, 'api'), at(1_600), at(1_950, 'api')), 1_000)).toMatchObject({
      ...{ is: 'broken', detail: expect.stringContaining('Service api gave no good answer for 550 ms') },
    })
    const itself = answeredRequest(1_500, { tookMs: 0, address: '10.0.0.1' })
    expect(judge(at(1_200), itself, at(1_701)).is).toBe('broken')
  })

  test('tells the longest of all, where none is too long', () => {
    expect(judge(at(1_300), at(1_700), at(1_750))).toEqual({
      ...{ is: 'open', lastSeen: 'never more than 400 ms without a good answer' },
    })
  })

  test('cannot be judged where a Service was never asked', () => {
    expect(judge()).toMatchObject({ is: 'unjudgeable' })
    expect(judgeGaps(['web', 'api'], 500)(timelineOf(at(1_100)), 1_000).is).toBe('unjudgeable')
  })
})
