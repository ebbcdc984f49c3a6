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
  service,
  timelineOf,
  watched,
} from '../timeline/testing.ts'
import { Workload } from '../workload/workload.ts'
import { judgePodAddress, judgeServiceAddress, toKeepItsAddress } from './to-keep-its-address.ts'

const seen = (atMs: number, parts: Parameters<typeof pod>[0] = {}, type?: 'DELETED') =>
  watched('Pod', atMs, pod({ ip: '10.1.0.1', ...parts }), type)

describe('a pod', () => {
  const judge = (...more: Observation[]) =>
    judgePodAddress('web-1')(timelineOf(seen(1, { containers: { app: running('id1') } }), ...more), 5)

  test('keeps its address while its containers end', () => {
    expect(judge()).toEqual({ is: 'open', lastSeen: 'kept its name and its IP 10.1.0.1' })
    const again = seen(10, { containers: { app: running('id2', 1, ended('id1')) } })
    expect(judge(again)).toEqual({
      ...{ is: 'open', lastSeen: 'kept its name and its IP 10.1.0.1 while a container of it ended' },
    })
    const third = seen(20, { containers: { app: running('id3', 2, ended('id2')) } })
    expect(judge(again, third)).toMatchObject({ lastSeen: expect.stringContaining('ended 2 times') })
  })

  test('has lost it when it is deleted, gracefully or by force', () => {
    const detail = 'pod web-1 was deleted, and its IP 10.1.0.1 with it'
    expect(judge(seen(10, { grace: 30 }), seen(12, {}, 'DELETED'))).toEqual({
      is: 'broken',
      atMs: 10,
      detail,
    })
    expect(judge(seen(11, {}, 'DELETED'))).toEqual({ is: 'broken', atMs: 11, detail })
  })

  test('has lost it when it gets another IP', () => {
    expect(judge(seen(10, { ip: '10.1.0.9' }))).toEqual({
      ...{ is: 'broken', atMs: 10, detail: 'its IP, which was 10.1.0.1, became 10.1.0.9' },
    })
  })

  test('keeps what it had when the fault came: what was before is none of its doing', () => {
    const late = judgePodAddress('web-1')(timelineOf(seen(1), seen(2, { ip: '10.1.0.2' })), 5)
    expect(late).toMatchObject({ is: 'open', lastSeen: expect.stringContaining('10.1.0.2') })
  })

  test('cannot be judged where it had none', () => {
    expect(judgePodAddress('web-1')(timelineOf(watched('Pod', 1, pod())), 5).is).toBe('unjudgeable')
    expect(judgePodAddress('web-1')(timelineOf(seen(9)), 5).is).toBe('unjudgeable')
  })
})

const shape = {
  ...{ name: 'web', namespace: 'shop', services: [{ name: 'web', selector: { app: 'web' } }] },
  roots: [{ kind: 'Deployment', name: 'web', uid: 'd', replicas: 1 }],
}

describe('a Service', () => {
  const at = (atMs: number, clusterIP = '10.96.0.1', port = 80, type?: 'DELETED') =>
    watched('Service', atMs, service('web', clusterIP, port), type)
  const judge = (...observations: Observation[]) => judgeServiceAddress(shape)(timelineOf(...observations), 5)

  test('keeps its address while its pods come and go', () => {
    const before = [watched('ReplicaSet', 1, replicated('rs', 1, 1, 'd')), seen(1), at(1)]
    expect(judge(...before)).toEqual({
      ...{ is: 'open', lastSeen: 'Service web was 10.96.0.1 (80/TCP) throughout' },
    })
    const other = seen(10, { name: 'other', owner: null })
    const changes = [seen(10, {}, 'DELETED'), seen(10, { name: 'web-2' }), seen(11, { name: 'web-3' }), other]
    expect(judge(...before, ...changes, at(12))).toEqual({
      is: 'open',
      lastSeen: 'Service web was 10.96.0.1 (80/TCP) throughout, while 1 of its pods went and 2 came,',
    })
  })

  test('has lost it with another IP, another port, or when it goes', () => {
    const now = (...more: Observation[]) => judge(at(1), ...more)
    const was = 'Service web, which was 10.96.0.1 (80/TCP),'
    const broken = (detail: string) => ({ is: 'broken', atMs: 10, detail: `${was} ${detail}` })
    expect(now(at(10, '10.96.0.2'))).toEqual(broken('became 10.96.0.2 (80/TCP)'))
    expect(now(at(10, '10.96.0.1', 8080))).toEqual(broken('became 10.96.0.1 (8080/TCP)'))
    expect(now(at(10, '10.96.0.1', 80, 'DELETED'))).toEqual(broken('was deleted'))
  })

  test('is each of the workload`s, and none of another`s', () => {
    const both = judgeServiceAddress({
      ...shape,
      services: [...shape.services, { name: 'api', selector: {} }],
    })
    const api = (atMs: number, port: number) => watched('Service', atMs, service('api', '10.96.0.9', port))
    const timeline = timelineOf(at(1), api(1, 80), api(10, 81))
    expect(both(timeline, 5)).toMatchObject({ is: 'broken', atMs: 10 })
    expect(judgeServiceAddress(shape)(timeline, 5).is).toBe('open')
  })

  test('cannot be judged where it has none, or was not there', () => {
    expect(judge(at(1, 'None'))).toMatchObject({
      is: 'unjudgeable',
      detail: expect.stringContaining('headless'),
    })
    expect(judge(at(9)).is).toBe('unjudgeable')
    expect(judge().is).toBe('unjudgeable')
  })
})

test('a workload without a Service has no address to keep', () => {
  const app = new Workload(fakeStage(new FakeRecording()), { ...shape, services: [] }, { containers: [] })
  expect(() => toKeepItsAddress(app, {}, 'toKeepItsAddress()')).toThrow(UsageError)
})
