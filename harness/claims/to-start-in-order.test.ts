import { describe, expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import type { Observation } from '../model/observation.ts'
import {
  ended,
  FakeRecording,
  fakeStage,
  pod,
  replicated,
  running,
  timelineOf,
  watched,
} from '../timeline/testing.ts'
import { Workload } from '../workload/workload.ts'
import { judgeStartedInOrder, orderOf, toStartInOrder } from './to-start-in-order.ts'

const shape = {
  ...{ name: 'web', namespace: 'shop', services: [] },
  roots: [{ kind: 'Deployment', name: 'web', uid: 'd', replicas: 1 }],
}
const set = watched('ReplicaSet', 1, replicated('rs', 1, 1, 'd'))
const done = (id: string, exitCode = 0) => ({ restartCount: 0, containerID: id, state: ended(id, exitCode) })
type Statuses = NonNullable<Parameters<typeof pod>[0]>['init']
const seen = (atMs: number, init: Statuses, containers: Statuses = {}, name = 'web-1') =>
  watched('Pod', atMs, pod({ name, init: init ?? {}, containers: containers ?? {} }))
const judge = (inits: string[], ...observations: Observation[]) =>
  judgeStartedInOrder(shape, inits, ['app', 'log'])(timelineOf(set, ...observations), 5)

const app = { app: running('app1') }

describe('a start in order', () => {
  test('has each init container end well before the next, and all before the app', () => {
    const through = [
      seen(10, { a: running('a1') }),
      seen(11, { a: done('a1'), b: running('b1') }),
      seen(12, { a: done('a1'), b: done('b1') }, app),
    ]
    expect(judge(['a', 'b'], ...through)).toEqual({
      is: 'open',
      lastSeen: 'the app ran in 1 of 1 pods that were started, after a, then b had ended with exit code 0,',
    })
  })

  test('may have come to no app at all, as where an init container fails again and again', () => {
    const failing = seen(10, { a: done('a1', 1) })
    expect(judge(['a'], failing)).toMatchObject({
      is: 'open',
      lastSeen: expect.stringContaining('0 of 1 pods'),
    })
  })

  test('is broken by an app that runs where it has not ended, or has failed, or is not there', () => {
    const detail = 'container app of web-1 ran and a had not ended with exit code 0'
    for (const init of [{ a: running('a1') }, { a: done('a1', 1) }, {}]) {
      expect(judge(['a'], seen(10, init, app))).toEqual({ is: 'broken', atMs: 10, detail })
    }
    const later = [seen(10, { a: running('a1') }, app), seen(12, { a: done('a1') }, app)]
    expect(judge(['a'], ...later)).toEqual({ is: 'broken', atMs: 10, detail })
  })

  test('is broken by the second before the first, and by the first pod of all', () => {
    expect(judge(['a', 'b'], seen(10, { a: running('a1'), b: running('b1') }))).toEqual({
      ...{ is: 'broken', atMs: 10, detail: 'container b of web-1 ran and a had not ended with exit code 0' },
    })
    const two = [seen(20, {}, app, 'web-2'), seen(15, {}, app, 'web-3')]
    expect(judge(['a'], ...two)).toMatchObject({ is: 'broken', atMs: 15 })
  })

  test('is of pods of the workload that were made since the fault', () => {
    const before = seen(1, {}, app)
    const other = watched('Pod', 9, pod({ name: 'x', owner: 'other', init: {}, containers: app }))
    expect(judge(['a'], before, other).is).toBe('unjudgeable')
    const none = judgeStartedInOrder(shape, ['a'], ['app'], true)(timelineOf(set, before), 5)
    expect(none).toMatchObject({ is: 'open' })
  })
})

test('the order is that of the spec, sidecars left out, or what the claim names', () => {
  const initContainers = [{ name: 'a' }, { name: 'proxy', restartPolicy: 'Always' }, { name: 'b' }]
  const spec = { initContainers, containers: [{ name: 'app' }, { name: 'log' }] }
  expect(orderOf(spec)).toEqual({ inits: ['a', 'b'], apps: ['app', 'log'] })
  expect(orderOf(spec, 'c')).toEqual({ inits: ['c'], apps: ['app', 'log'] })
})

test('a workload without an init container has no order, unless one is named', () => {
  const workload = new Workload(fakeStage(new FakeRecording()), shape, { containers: [{ name: 'app' }] })
  expect(() => toStartInOrder(workload, {}, 'toStartInOrder()')).toThrow(UsageError)
})
