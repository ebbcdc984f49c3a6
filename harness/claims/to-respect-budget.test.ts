import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import {
  budget,
  eviction,
  FakeRecording,
  fakeStage,
  pod,
  replicated,
  timelineOf,
  watched,
} from '../timeline/testing.ts'
import { Workload } from '../workload/workload.ts'
import { judgeBudget, toRespectBudget } from './to-respect-budget.ts'

const shape = {
  ...{ name: 'web', namespace: 'shop', services: [] },
  roots: [{ kind: 'Deployment', name: 'web', uid: 'd', replicas: 3 }],
}
type Parts = Parameters<typeof pod>[0]
const seen = (atMs: number, name: string, parts: Parts = {}, type?: 'DELETED') =>
  watched('Pod', atMs, pod({ name, ...parts }), type)
const counted = (atMs: number, parts: Parameters<typeof budget>[0] = {}) =>
  watched('PodDisruptionBudget', atMs, budget(parts))
const three = ['web-1', 'web-2', 'web-3'].map((name) => seen(1, name))
const owner = watched('ReplicaSet', 1, replicated('rs', 3, 3, 'd'))
const start = [owner, ...three, counted(1)]
const judge = (...more: Observation[]) =>
  judgeBudget(shape, { refusals: 0, asked: true })(timelineOf(...start, ...more), 5)
const evicted = { grace: 30, disrupted: 'EvictionByEvictionAPI' }

describe('a budget is respected', () => {
  test('where as many are left as it needs, one after the other', () => {
    const judged = judge(
      ...[seen(6, 'web-1', evicted), counted(7, { healthy: 2 }), eviction(8, 'web-2', true)],
      ...[seen(9, 'web-4', { ready: false }), seen(12, 'web-4'), counted(13, { healthy: 3 })],
      ...[eviction(14, 'web-2'), seen(14, 'web-2', evicted)],
    )
    expect(judged).toEqual({
      is: 'open',
      lastSeen: 'web kept 2 healthy of the 2 it needs: 2 pods went, 1 eviction refused',
    })
  })

  test('by a pod that falls ill of itself, and by one that was not ready', () => {
    const ill = ['web-1', 'web-2'].map((name) => seen(6, name, { ready: false }))
    const judged = judge(...ill, seen(8, 'web-1', { ready: false, grace: 30 }))
    expect(judged).toMatchObject({ is: 'unjudgeable' })
  })

  test('where it is found to need less a moment later, for its size has changed', () => {
    const gone = ['web-1', 'web-2'].map((name) => seen(6, name, { grace: 30 }))
    expect(judge(...gone)).toMatchObject({ is: 'broken' })
    expect(judge(...gone, counted(900, { desired: 1 }))).toMatchObject({ is: 'open' })
    expect(judge(...gone, counted(1_100, { desired: 1 }))).toMatchObject({ is: 'broken' })
  })

  test('by what happened before', () => {
    const before = ['web-1', 'web-2'].map((name) => seen(4, name, { grace: 30 }))
    expect(judge(...before)).toMatchObject({ is: 'unjudgeable' })
  })
})

describe('a budget is broken', () => {
  test.each([
    [{ grace: 30 }, 'by an ordinary deletion, which asks no budget'],
    [evicted, 'by an eviction'],
    [{ grace: 30, disrupted: 'DeletionByTaintManager' }, 'by DeletionByTaintManager, which asks no budget'],
  ])('by the pod with which too few are left: %o', (parts, how) => {
    expect(judge(seen(6, 'web-1', { grace: 30 }), seen(8, 'web-2', parts))).toEqual({
      ...{ is: 'broken', atMs: 8 },
      detail: `web-2 went ${how}, which left 1 healthy of the 2 that budget web needs`,
    })
  })

  test('by a pod that is gone without a mark', () => {
    const forced = judge(seen(6, 'web-1', {}, 'DELETED'), seen(8, 'web-2', {}, 'DELETED'))
    expect(forced).toMatchObject({ is: 'broken', atMs: 8 })
  })

  test('by an eviction while another pod was not ready', () => {
    const judged = judge(seen(6, 'web-3', { ready: false }), seen(8, 'web-1', evicted))
    expect(judged).toMatchObject({ is: 'broken', atMs: 8 })
  })

  test('where there is none', () => {
    const judged = judgeBudget(shape, { refusals: 0 })(timelineOf(owner, ...three), 5)
    expect(judged).toMatchObject({ is: 'broken', detail: 'no PodDisruptionBudget keeps its pods' })
  })

  test('where it refused less often than was promised', () => {
    const refusals = (n: number, ...more: Observation[]) =>
      judgeBudget(shape, { refusals: n, asked: true })(timelineOf(...start, ...more), 5)
    const refused = [eviction(4, 'web-1', true), eviction(6, 'web-1', true), eviction(7, 'web-1')]
    expect(refusals(1, ...refused)).toMatchObject({ is: 'open' })
    expect(refusals(2, ...refused)).toMatchObject({
      ...{ is: 'broken', atMs: 7, detail: 'only 1 eviction had been refused' },
    })
  })
})

test('nothing is asked of a budget in a control run, and nothing has to be', () => {
  const judged = judgeBudget(shape, { refusals: 0 })(timelineOf(...start), 5)
  expect(judged).toMatchObject({ is: 'open' })
})

test('a number of refusals is a whole one', () => {
  const stage = fakeStage(new FakeRecording())
  const app = new Workload(stage, shape, { containers: [] })
  expect(() => toRespectBudget(app, { refusals: 0.5 }, '')).toThrow('a whole number from 0 on')
})
