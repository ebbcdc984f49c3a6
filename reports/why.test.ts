import { expect, test } from 'vitest'
import type { ClaimResult, ScenarioResult } from '../harness/model/result.ts'
import { badStop, goodStop } from './fixtures/shutdowns.ts'
import { stoppedBadly, stoppedWell, tooBusy } from './fixtures/stops.ts'
import { why } from './why.ts'

const [graceful, loses] = stoppedBadly.claims as [ClaimResult, ClaimResult]

test('lost requests are explained once, by the claim that is about them', () => {
  expect(why(stoppedBadly, loses)).toEqual(stoppedBadly.traffic?.explanations?.map(({ text }) => text))
  expect(why(stoppedBadly, graceful).join()).not.toContain('requests lost on new connections')
})

test('without such a claim the shutdown’s explains them', () => {
  const scenario = { ...stoppedBadly, claims: [graceful] }
  expect(why(scenario, graceful)[0]).toMatch(/^7 requests lost on new connections/)
})

test('a claim that held explains nothing', () => {
  const scenario: ScenarioResult = { ...stoppedBadly, claims: [{ ...loses, verdict: 'passed' }, graceful] }
  expect(why(scenario, loses)).toEqual([])
  expect(why(scenario, { ...loses, statement: 'toRecover()' })).toEqual([])
})

test('a claim about a pod’s shutdown is followed by that pod’s stop, one about a workload by those that fell short', () => {
  const shutdowns = [goodStop, badStop]
  const stopsOf = (subject: string): string[] =>
    why({ ...stoppedWell, shutdowns }, { ...graceful, subject }).map((text) => text.split(':')[0] ?? '')
  expect(stopsOf('Deployment/shop/kubia')).toEqual(['kubia-5f6b7d9c8-x8k2v'])
  expect(stopsOf('Pod/shop/web-7c9d5b8f4-lq2ws')).toEqual(['web-7c9d5b8f4-lq2ws'])
  expect(stopsOf('Pod/shop/web-7c9d5b8f4-lq2ws/app')).toEqual(['web-7c9d5b8f4-lq2ws'])
  expect(stopsOf('Pod/shop/web-7c9d5b8f4')).toEqual([])
})

test('where none fell short all are told, up to what a reader bears', () => {
  const shutdowns = Array.from({ length: 9 }, () => goodStop)
  const told = why({ ...stoppedWell, shutdowns }, { ...graceful, subject: 'Deployment/shop/web' })
  expect(told).toHaveLength(7)
  expect(told.at(-1)).toBe('and 3 more')
})

test('a claim that the machine was too busy for is followed by how busy it was', () => {
  const [claim] = tooBusy.claims
  expect(claim && why(tooBusy, claim)).toEqual([
    'machine: API writes 910 ms (max 6.2 s), watch events 1.2 s (max 7.9 s), waiting for CPU 81 % of the time (max 99 %)',
  ])
  // What the watch missed, say, is not the machine's doing.
  const { tooSlow: _, ...other } = claim as ClaimResult
  expect(why(tooBusy, other)).toEqual([])
})
