import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { ended, exited, pod, running, signalled, timelineOf, watched } from '../timeline/testing.ts'
import { judgeCrashLooped } from './to-crash-loop.ts'

const seen = (atMs: number, app: Parameters<typeof pod>[0] = {}) => watched('Pod', atMs, pod(app))
const runs = (atMs: number, n: number) =>
  seen(atMs, { containers: { app: running(`id${n}`, n - 1, n > 1 ? ended(`id${n - 1}`, 1) : undefined) } })
const waits = (atMs: number, n: number, reason = 'CrashLoopBackOff') => {
  const state = { waiting: { reason, message: '' } }
  return seen(atMs, {
    containers: { app: { containerID: `id${n}`, restartCount: n - 1, state, lastState: ended(`id${n}`, 1) } },
  })
}
const crashed = (atMs: number, n: number) =>
  seen(atMs, {
    containers: { app: { containerID: `id${n}`, restartCount: n - 1, state: ended(`id${n}`, 1) } },
  })
const exit = (atMs: number, n: number) => exited(atMs, 'web-1', 1, { containerID: `id${n}` })
const judge = (times: number, ...observations: Observation[]) =>
  judgeCrashLooped('web-1', 'app', times)(timelineOf(runs(1, 1), ...observations), 500)

/** It ends at 1, 3 and 15 s, and is started again after 1, 11 and 21 s. */
const loop = [
  ...[crashed(1_000, 1), exit(1_000, 1), runs(2_000, 2)],
  ...[crashed(3_000, 2), exit(3_000, 2), waits(4_000, 2), runs(14_000, 3)],
  ...[crashed(15_000, 3), exit(15_000, 3), waits(16_000, 3), runs(36_000, 4)],
]

describe('a crash loop', () => {
  test('is seen when the container has been started again so often, and its delays are told', () => {
    for (let n = 0; n < 7; n++) expect(judge(2, ...loop.slice(0, n)).is).toBe('open')
    expect(judge(2, ...loop)).toEqual({
      ...{ is: 'held', atMs: 14_000 },
      detail:
        'was started again 2 times, after 1.0 s, 11.0 s (back-off 0 ms, 10.0 s), and was CrashLoopBackOff from 4.00 s on',
    })
    expect(judge(3, ...loop)).toMatchObject({ is: 'held', atMs: 36_000 })
    expect(judge(4, ...loop)).toEqual({
      is: 'open',
      lastSeen:
        'it had been started again 3 times (after 1.0 s, 11.0 s, 21.0 s), and was running since 36.00 s',
    })
  })

  test('is none before it was told to wait as one', () => {
    const silent = loop.filter(({ atMs }) => atMs !== 4_000 && atMs !== 16_000)
    expect(judge(2, ...silent).is).toBe('open')
    expect(judge(2, ...silent.slice(0, 5), waits(4_000, 2, 'ErrImagePull'), runs(14_000, 3)).is).toBe('open')
    expect(judge(2, ...silent, crashed(40_000, 4), waits(41_000, 4))).toMatchObject({
      is: 'held',
      atMs: 41_000,
    })
  })

  test('counts from the fault on, but what its back-off is from its first end on', () => {
    const later = judgeCrashLooped('web-1', 'app', 2)
    expect(later(timelineOf(runs(1, 1), ...loop), 2_500)).toMatchObject({
      detail: expect.stringContaining('(back-off 10.0 s, 20.0 s)'),
    })
    expect(later(timelineOf(runs(1, 1), ...loop), 20_000).is).toBe('open')
  })

  test('is broken where it is started again before its back-off is over', () => {
    const hasty = [...loop.slice(0, 6), runs(12_900, 3)]
    expect(judge(2, ...hasty)).toEqual({
      ...{ is: 'broken', atMs: 12_900 },
      detail: 'it was started again after 9.9 s, where the back-off is 10.0 s',
    })
    // By statuses alone the end may be told of late.
    const vague = hasty.filter(({ source }) => source === 'watch')
    expect(judge(2, ...vague).is).toBe('held')
  })

  test('waits no longer than the longest back-off of the cluster', () => {
    const hasty = timelineOf(runs(1, 1), ...loop.slice(0, 6), runs(12_900, 3))
    expect(judgeCrashLooped('web-1', 'app', 2, 9_000)(hasty, 500).is).toBe('held')
  })

  test('of a container that the kubelet ends counts its back-offs from the end before', () => {
    const killed = [
      ...[signalled(900, 'web-1', 'SIGTERM', { containerID: 'id1' }), exit(1_000, 1), runs(2_000, 2)],
      ...[signalled(5_000, 'web-1', 'SIGTERM', { containerID: 'id2' }), exit(5_100, 2), runs(6_000, 3)],
    ]
    const third = [
      signalled(9_000, 'web-1', 'SIGTERM', { containerID: 'id3' }),
      exit(9_100, 3),
      waits(9_500, 3),
    ]
    expect(judge(3, ...killed, ...third, runs(16_000, 4))).toMatchObject({
      ...{ is: 'held', atMs: 16_000, detail: expect.stringContaining('(back-off 0 ms, 0 ms, 10.0 s)') },
    })
    expect(judge(3, ...killed, ...third, runs(15_000, 4))).toMatchObject({
      ...{ is: 'broken', detail: 'it was started again after 9.9 s, where the back-off is 10.0 s' },
    })
  })

  test('never comes of a pod that is over, or is gone', () => {
    const over = seen(1_000, {
      phase: 'Failed',
      containers: { app: { restartCount: 0, state: ended('id1') } },
    })
    expect(judge(2, over)).toEqual({
      ...{ is: 'broken', atMs: 1_000, detail: 'its pod was Failed, and nothing starts its containers again' },
    })
    const gone = watched('Pod', 3_500, pod({ grace: 1 }))
    expect(judge(2, ...loop.slice(0, 3), gone)).toMatchObject({ is: 'broken', atMs: 3_500 })
    expect(judge(2, ...loop, watched('Pod', 40_000, pod({ grace: 1 }))).is).toBe('held')
  })

  test('that did not come is told with how the container stands', () => {
    expect(judge(2)).toMatchObject({
      lastSeen: 'it had not been started again, and was running since 0.00 s',
    })
    expect(judge(2, crashed(1_000, 1))).toMatchObject({
      lastSeen: expect.stringContaining('had ended at 1.00 s'),
    })
    expect(judge(2, ...loop.slice(0, 6))).toMatchObject({
      lastSeen: 'it had been started again once (after 1.0 s), and waited: CrashLoopBackOff',
    })
  })
})
