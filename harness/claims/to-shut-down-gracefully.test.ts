import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import {
  answeredRequest,
  ended,
  exited,
  lostRequest,
  type PodParts,
  pod,
  type RequestParts,
  route,
  signalled,
  timelineOf,
  watched,
} from '../timeline/testing.ts'
import { judgeShutdown } from './to-shut-down-gracefully.ts'

const ip = '10.244.1.12'
const seen = (atMs: number, parts: PodParts = {}, type?: 'DELETED') =>
  watched('Pod', atMs, pod({ ip, ...parts }), type)
const traffic = { services: ['web'], settled: () => true }
const judge = (exitCode: number, ...observations: Observation[]) =>
  judgeShutdown('web-1', 'app', exitCode, traffic)(timelineOf(seen(1), ...observations), 9_000)

const deleted = seen(10_000, { grace: 30 })
const stop = [deleted, signalled(10_100, 'web-1'), exited(12_000, 'web-1')]
const port = 40_000
const lost = (atMs: number, parts: RequestParts = {}) => [
  route(atMs, port, ip),
  lostRequest(atMs, { port, ...parts }),
]

describe('a graceful shutdown', () => {
  test('is one with its exit code and no request lost, at its exit', () => {
    const kept = { pod: 'web-1', port: 41_000, connection: 'reused', ageMs: 5_000 } as const
    const requests = [answeredRequest(10_050, { pod: 'web-1', tookMs: 100 }), answeredRequest(10_200, kept)]
    expect(judge(0, ...stop, ...requests)).toEqual({
      ...{ is: 'held', atMs: 12_000 },
      detail:
        'stopped on SIGTERM with exit code 0, answered the 2 requests that it had or still got, let 1 kept connection drain, and left 28.0 s of its grace period,',
    })
    expect(judge(143, deleted, exited(12_000, 'web-1', 143))).toMatchObject({
      ...{
        is: 'held',
        detail: expect.stringContaining(
          'stopped on its deletion with exit code 143, had no request to answer, let 0',
        ),
      },
    })
  })

  test('is open until it has been told to stop, and has', () => {
    expect(judge(0)).toEqual({ is: 'open', lastSeen: 'it had not been told to stop' })
    expect(judge(0, deleted)).toEqual({ is: 'open', lastSeen: 'it was still running' })
    expect(judge(0, deleted, seen(12_000, { grace: 30 }, 'DELETED'))).toEqual({
      ...{ is: 'open', lastSeen: 'it was gone, and nothing had told how it ended' },
    })
  })

  test('is open until every request that was sent by its exit is accounted for', () => {
    const asked: number[] = []
    const settled = (untilMs: number) => {
      asked.push(untilMs)
      return false
    }
    expect(
      judgeShutdown('web-1', 'app', 0, { ...traffic, settled })(timelineOf(seen(1), ...stop), 9_000),
    ).toEqual({
      ...{ is: 'open', lastSeen: 'it ended at 12.00 s, and requests were still under way' },
    })
    expect(asked).toEqual([12_000])
  })
})

describe('a shutdown is not graceful', () => {
  test('with another exit code', () => {
    expect(judge(143, ...stop)).toEqual({ is: 'broken', atMs: 12_000, detail: 'it ended with exit code 0' })
  })

  test('by SIGKILL, though 137 was promised; an exit code 137 of its own is one', () => {
    const killed = [signalled(40_000, 'web-1', 'SIGKILL'), exited(40_100, 'web-1', 137)]
    expect(judge(137, deleted, signalled(10_100, 'web-1'), ...killed)).toEqual({
      ...{ is: 'broken', atMs: 40_100 },
      detail: 'it was ended by SIGKILL, its grace period of 30.0 s spent,',
    })
    expect(judge(137, deleted, signalled(10_100, 'web-1'), exited(12_000, 'web-1', 137)).is).toBe('held')
    const early = [signalled(12_000, 'web-1', 'SIGKILL'), exited(12_100, 'web-1', 137)]
    expect(judge(0, deleted, signalled(10_100, 'web-1'), ...early)).toMatchObject({
      detail: 'it was ended by SIGKILL, its grace period of 30.0 s not spent (27.9 s left),',
    })
  })

  test('where it is deleted by force, at the time that it was gone', () => {
    const forced = [seen(10_000, { grace: 0 }), seen(10_020, { grace: 0 }, 'DELETED')]
    expect(judge(0, ...forced)).toEqual({
      ...{ is: 'broken', atMs: 10_020, detail: 'it was deleted by force, which no app can stop for,' },
    })
    expect(judge(0, seen(8_999, { grace: 0 }, 'DELETED')).is).toBe('open')
  })

  test('where it loses a request that it had, or that it still got', () => {
    expect(judge(0, ...stop, ...lost(10_300))).toEqual({
      ...{ is: 'broken', atMs: 12_000 },
      detail: 'it lost 1 request (0 of 0 that came before its signal, 1 of 1 sent to it after), and ended',
    })
    const inFlight = lost(10_050, { lost: 'reset', tookMs: 1_950 })
    expect(judge(0, ...stop, ...inFlight, ...lost(12_500))).toMatchObject({
      detail: 'it lost 2 requests (1 of 1 that came before its signal, 1 of 1 sent to it after), and ended',
    })
  })

  test('where a request was lost while its preStop hook ran, and before the watch told of its deletion', () => {
    expect(
      judge(0, deleted, ...lost(12_000), signalled(15_000, 'web-1'), exited(16_000, 'web-1')),
    ).toMatchObject({
      ...{ is: 'broken', detail: expect.stringContaining('1 of 1 that came before its signal') },
    })
    const late = [signalled(9_200, 'web-1'), exited(9_900, 'web-1'), ...lost(9_500), deleted]
    expect(judge(0, ...late)).toMatchObject({
      is: 'broken',
      detail: expect.stringContaining('1 of 1 sent to it after'),
    })
  })
})

describe('requests that nobody knows the pod of', () => {
  test('leave it unjudged where they were lost while it stopped', () => {
    expect(judge(0, ...stop, lostRequest(10_300), lostRequest(10_400))).toEqual({
      ...{ is: 'unjudgeable' },
      detail: '2 requests were lost while it stopped, and nothing tells which pod was asked',
    })
    expect(judge(0, ...stop, lostRequest(10_300))).toMatchObject({
      detail: '1 request was lost while it stopped, and nothing tells which pod was asked',
    })
  })

  test('do not before its deletion, two seconds after its exit, or of another Service', () => {
    expect(judge(0, ...stop, lostRequest(9_998)).is).toBe('held')
    expect(judge(0, ...stop, lostRequest(9_999)).is).toBe('unjudgeable')
    expect(judge(0, ...stop, lostRequest(14_000)).is).toBe('unjudgeable')
    expect(judge(0, ...stop, lostRequest(14_001)).is).toBe('held')
    expect(judge(0, ...stop, lostRequest(10_300, { service: 'api' })).is).toBe('held')
    const another = [seen(1, { name: 'web-2', ip: '10.244.2.7' }), lostRequest(10_300, { pod: 'web-2' })]
    expect(judge(0, ...stop, ...another).is).toBe('held')
  })

  test('do not where routes are followed and a new connection had none: it was sent to no pod', () => {
    expect(judge(0, route(1, 1_024, ip), ...stop, lostRequest(10_300, { port })).is).toBe('held')
    const reused = lostRequest(10_300, { port, connection: 'reused', ageMs: 100 })
    expect(judge(0, route(1, 1_024, ip), ...stop, reused).is).toBe('unjudgeable')
  })

  test('do not excuse what is known to be wrong', () => {
    const code = { app: { restartCount: 0, state: ended('web-1-id1', 1) } }
    expect(judge(0, deleted, seen(12_000, { grace: 30, containers: code }), lostRequest(10_300)).is).toBe(
      'broken',
    )
  })
})
