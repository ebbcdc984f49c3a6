import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { pod, running, slice, timelineOf, watched } from '../timeline/testing.ts'
import { judgeReady } from './to-become-ready.ts'

const services = ['web', 'admin'].map((name) => ({ name, selector: { app: 'web' } }))
const shape = {
  ...{ name: 'web', namespace: 'shop', services: [...services, { name: 'other', selector: { app: 'x' } }] },
  roots: [{ kind: 'Deployment', name: 'web', uid: 'd', replicas: 1 }],
}
const seen = (atMs: number, ready: boolean, parts: Parameters<typeof pod>[0] = {}) =>
  watched('Pod', atMs, pod({ ready, ...parts }))
const listed = (atMs: number, service: string, ready = true) =>
  watched('EndpointSlice', atMs, slice(`${service}-1`, [{ of: 'web-1', ready }], service))
const judge = (...observations: Observation[]) => judgeReady(shape, 'web-1')(timelineOf(...observations), 10)

describe('a pod becomes ready', () => {
  test('once it is ready, and a ready endpoint of each Service that selects it', () => {
    const before = [seen(11, false), seen(20, true), listed(21, 'web')]
    expect(judge(...before)).toEqual({
      ...{ is: 'open', lastSeen: 'it was ready, and in none of Service web, admin' },
    })
    expect(judge(...before, listed(24, 'admin'))).toEqual({
      ...{ is: 'held', atMs: 24, detail: 'was ready and in Service web, admin' },
    })
  })

  test('by its first time, whatever comes later', () => {
    const first = [seen(11, false), seen(20, true), listed(21, 'web'), listed(22, 'admin')]
    const lost = [seen(30, false), listed(30, 'web', false), seen(40, true), listed(41, 'web')]
    expect(judge(...first, ...lost)).toMatchObject({ is: 'held', atMs: 22 })
  })

  test('not by what was so before the fault', () => {
    expect(judge(seen(5, true), listed(6, 'web'), listed(6, 'admin')).is).toBe('open')
  })

  test('or tells why it is not', () => {
    expect(judge()).toEqual({ is: 'open', lastSeen: 'it was not there' })
    const waiting = { restartCount: 0, state: { waiting: { reason: 'ImagePullBackOff' } } }
    expect(judge(seen(11, false, { containers: { app: waiting } }))).toMatchObject({
      lastSeen: 'it waits: ImagePullBackOff',
    })
  })

  test('no more once it is deleted', () => {
    const going = seen(30, false, { grace: 5, containers: { app: running('id1') } })
    expect(judge(seen(11, false), going)).toEqual({
      ...{ is: 'broken', atMs: 30, detail: 'the pod was deleted' },
    })
  })
})

test('without a Service it is its readiness alone', () => {
  const judged = judgeReady({ ...shape, services: [] }, 'web-1')(timelineOf(seen(20, true)), 10)
  expect(judged).toEqual({ is: 'held', atMs: 20, detail: 'was ready' })
})
