import { describe, expect, test } from 'vitest'
import type { NoiseObservation, Observation } from '../model/observation.ts'
import { timelineOf, watched } from '../timeline/testing.ts'
import { judgeSchedule } from './to-keep-its-schedule.ts'

/** The scenario's zero: half a minute before 12:01. */
const zero = Date.parse('2026-11-21T12:00:30Z')
const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

/** The Job of the n-th minute, made so many milliseconds after it. */
const run = (n: number, lateMs = 500, then: { doneMs?: number; goneMs?: number } = {}): Observation[] => {
  const scheduled = zero - 30_000 + n * 60_000
  const object = (status: object) => ({
    metadata: {
      ...{ name: `report-${n}`, namespace: 'shop', uid: `j${n}`, creationTimestamp: iso(scheduled + lateMs) },
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': iso(scheduled) },
      ownerReferences: [{ kind: 'CronJob', uid: 'c', controller: true }],
    },
    status,
  })
  const madeMs = scheduled + lateMs - zero
  const over = { conditions: [{ type: 'Complete', status: 'True', reason: '' }] }
  return [
    watched('Job', madeMs, object({ active: 1 })),
    ...(then.doneMs === undefined ? [] : [watched('Job', madeMs + then.doneMs, object(over))]),
    ...(then.goneMs === undefined ? [] : [watched('Job', madeMs + then.goneMs, object({}), 'DELETED')]),
  ]
}
const nothing = (atMs: number): NoiseObservation => ({ source: 'noise', atMs, apiMs: 1 })
const judge = (policy: 'Allow' | 'Forbid' | 'Replace', untilMs: number, ...seen: Observation[]) =>
  judgeSchedule('c', policy)(
    timelineOf(...[...seen, nothing(untilMs)].sort((a, b) => a.atMs - b.atMs)),
    1_000,
  )
const done = { doneMs: 5_000 }
const [long, deleted] = [{ doneMs: 90_000 }, { goneMs: 59_900 }]

describe('a schedule', () => {
  test('is kept by a Job at each minute', () => {
    expect(judge('Allow', 160_000, ...run(1, 500, done), ...run(2, 500, done), ...run(3, 500, done))).toEqual(
      {
        ...{ is: 'open', lastSeen: 'it made 3 Jobs, each at its minute' },
      },
    )
    expect(judge('Allow', 40_000, ...run(1))).toMatchObject({ lastSeen: 'it made 1 Job, each at its minute' })
  })

  test('is broken by a minute without one, once that is over by 10 s', () => {
    const seen = [...run(1, 500, done), ...run(3, 500, done)]
    expect(judge('Allow', 160_000, ...seen)).toEqual({
      ...{ is: 'broken', atMs: 90_500, detail: 'it had made no Job for the minute at 12:02' },
    })
    for (const policy of ['Forbid', 'Replace'] as const)
      expect(judge(policy, 160_000, ...seen).is).toBe('broken')
    expect(judge('Allow', 99_000, ...run(1, 500, done)).is).toBe('open')
    expect(judge('Allow', 101_000, ...run(1, 500, done)).is).toBe('broken')
  })

  test('is broken where no Job is made at all', () => {
    expect(judge('Allow', 70_000)).toEqual({ is: 'open', lastSeen: 'no minute was full yet' })
    expect(judge('Allow', 72_000)).toEqual({
      ...{ is: 'broken', atMs: 72_000, detail: 'it had made no Job in 71.0 s' },
    })
    const other = judgeSchedule('other', 'Allow')(timelineOf(...run(1), nothing(72_000)), 1_000)
    expect(other.is).toBe('broken')
  })

  test('is broken by a Job that comes late', () => {
    expect(judge('Allow', 50_000, ...run(1, 11_000))).toEqual({
      ...{ is: 'broken', atMs: 41_000, detail: 'it made report-1 11.0 s after its time' },
    })
    expect(judge('Allow', 50_000, ...run(1, 9_000)).is).toBe('open')
  })

  test('lets Jobs work beside each other, where it allows that', () => {
    expect(judge('Allow', 160_000, ...run(1, 500, long), ...run(2, 500, long), ...run(3)).is).toBe('open')
    for (const policy of ['Forbid', 'Replace'] as const) {
      expect(judge(policy, 160_000, ...run(1, 500, long), ...run(2, 500, long), ...run(3))).toEqual({
        ...{ is: 'broken', atMs: 90_500, detail: 'report-1 was still at work beside report-2' },
      })
    }
  })

  test('that forbids it leaves a Job out only while another is at work', () => {
    expect(judge('Forbid', 160_000, ...run(1, 500, long), ...run(3))).toEqual({
      ...{ is: 'open', lastSeen: 'it made 2 Jobs, each at its minute, and left out 1 while one was at work' },
    })
    expect(judge('Forbid', 220_000, ...run(1, 500, long), ...run(4))).toMatchObject({
      ...{ is: 'broken', detail: 'it had made no Job for the minute at 12:03' },
    })
  })

  test('that replaces makes each, and ends the one that is at work', () => {
    expect(judge('Replace', 160_000, ...run(1, 500, deleted), ...run(2, 500, deleted), ...run(3)).is).toBe(
      'open',
    )
    expect(judge('Replace', 160_000, ...run(1, 500, long), ...run(3)).is).toBe('broken')
    const slow = { goneMs: 64_000 }
    expect(judge('Replace', 110_000, ...run(1, 500, slow), ...run(2)).is).toBe('open')
    expect(judge('Replace', 160_000, ...run(1, 500, { goneMs: 75_000 }), ...run(2), ...run(3)).is).toBe(
      'broken',
    )
  })
})
