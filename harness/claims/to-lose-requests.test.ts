import { describe, expect, test } from 'vitest'
import type { FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import {
  answeredRequest,
  FakeRecording,
  fakeStage,
  lostRequest,
  type PodParts,
  pod,
  route,
  timelineOf,
  watched,
} from '../timeline/testing.ts'
import { judgeLosses } from './to-lose-requests.ts'

const fault: FaultRecord = {
  ...{ number: 0, kind: 'deletePod', target: 'Pod/shop/web-1', injectedAtMs: 1_000 },
  effect: { does: 'delete-pod', podUid: 'web-1', force: false },
  ...{ receipt: null, revertedAtMs: undefined },
}
const [ipOf1, ipOf2] = ['10.244.1.12', '10.244.2.7']
const seen = (atMs: number, parts: PodParts = {}, type?: 'DELETED') =>
  watched('Pod', atMs, pod({ ip: ipOf1, ...parts }), type)
const pods = [seen(1), seen(1, { name: 'web-2', ip: ipOf2 })]
const judge = (of: 'all' | 'others', atMost: number, ...observations: Observation[]) => {
  const stage = fakeStage(new FakeRecording(), fault)
  return judgeLosses(stage, ['web'], atMost, of)(timelineOf(...pods, ...observations), 1_000)
}

describe('lost requests', () => {
  test('from before the fault, and of other Services, do not count', () => {
    const before = answeredRequest(1)
    expect(judge('all', 0, lostRequest(998))).toMatchObject({ is: 'open', lastSeen: '0 of 0 requests lost' })
    expect(judge('all', 0, before, lostRequest(2_000, { service: 'api' })).is).toBe('open')
    expect(judge('all', 0, lostRequest(2_000))).toMatchObject({ is: 'broken', atMs: 2_001 })
  })

  test('that were in flight when the fault struck do, at the time that they failed', () => {
    expect(judge('all', 0, lostRequest(999))).toMatchObject({ is: 'broken', atMs: 1_000 })
  })

  test('may be as many as were allowed: the first too many breaks the promise, and all are told by kind', () => {
    const three = [lostRequest(2_000), lostRequest(2_100), lostRequest(2_200, { lost: 'status' })]
    expect(judge('all', 3, ...three).is).toBe('open')
    expect(judge('all', 1, ...three)).toEqual({
      ...{ is: 'broken', atMs: 2_101 },
      detail: '3 were lost (2 refused on new connections, 1 status on new connections), the first too many',
    })
  })

  test('cannot be judged where no request of these Services was recorded', () => {
    expect(judge('all', 0)).toMatchObject({ is: 'unjudgeable', detail: 'not one request was recorded' })
    expect(judge('all', 0, answeredRequest(1, { service: 'api' })).is).toBe('unjudgeable')
    expect(judge('all', 0, answeredRequest(1, { address: ipOf1 })).is).toBe('unjudgeable')
  })
})

describe('lost requests of others than the pod that was hurt', () => {
  test('are by its own word, whenever they were', () => {
    expect(judge('others', 0, lostRequest(60_000, { pod: 'web-1' })).is).toBe('open')
    expect(judge('others', 0, lostRequest(1_500, { pod: 'web-2' }))).toMatchObject({
      is: 'broken',
      atMs: 1_501,
    })
  })

  test('are by the route of their connection, whenever they were and whoever answered before', () => {
    const port = 40_000
    const sent = (atMs: number, address: string) => [route(atMs, port, address), lostRequest(atMs, { port })]
    expect(judge('others', 0, ...sent(60_000, ipOf1)).is).toBe('open')
    expect(judge('others', 0, ...sent(1_500, ipOf2)).is).toBe('broken')
    const moved = { port, connection: 'new', pod: 'web-1' } as const
    expect(judge('others', 0, route(1_500, port, ipOf2), lostRequest(1_500, moved)).is).toBe('broken')
  })

  test('include those of a pod that has the hurt pod`s IP since', () => {
    const port = 40_000
    const successor = [seen(5_000, {}, 'DELETED'), seen(8_000, { name: 'web-3' })]
    const sent = (atMs: number) => [route(atMs, port, ipOf1), lostRequest(atMs, { port })]
    expect(judge('others', 0, ...successor, ...sent(9_000)).is).toBe('broken')
    expect(judge('others', 0, ...successor, ...sent(4_000)).is).toBe('open')
  })

  test('of nobody known are the hurt pod`s until two seconds after its last sign of damage', () => {
    const gone = seen(5_000, {}, 'DELETED')
    expect(judge('others', 0, gone, lostRequest(7_000)).is).toBe('open')
    expect(judge('others', 0, gone, lostRequest(7_001)).is).toBe('broken')
    expect(judge('others', 0, gone, lostRequest(1_500, { pod: 'unknown' })).is).toBe('open')
  })

  test('are told beside those of the hurt pod, counted since the fault and of the same Services', () => {
    const of1 = lostRequest(2_000, { pod: 'web-1' })
    const none = [lostRequest(10, { pod: 'web-1' }), lostRequest(2_000, { pod: 'web-1', service: 'api' })]
    expect(judge('others', 0, of1, ...none)).toEqual({
      ...{ is: 'open', lastSeen: '0 of 1 requests lost, beside 1 of pods that were hurt,' },
    })
  })
})
