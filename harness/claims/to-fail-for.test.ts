import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { ended, pod, running, timelineOf, watched } from '../timeline/testing.ts'
import { judgeFailed } from './to-fail-for.ts'

const job = (atMs: number, status: object, type?: 'DELETED') =>
  watched('Job', atMs, { metadata: { name: 'report', namespace: 'shop', uid: 'j' }, status }, type)
const over = (type: string, reason: string, counts: object) =>
  job(50, { ...counts, conditions: [{ type, status: 'True', reason }] })
const of = (atMs: number, name: string, parts = {}) =>
  watched('Pod', atMs, pod({ name, owner: 'j', ...parts }))
const before = [job(1, { active: 1 }), of(2, 'one', { containers: { app: running('id1') } })]
const failed = of(20, 'one', {
  phase: 'Failed',
  containers: { app: { restartCount: 0, state: ended('id1') } },
})
const gaveUp = over('Failed', 'BackoffLimitExceeded', { failed: 2 })
const judge = (tries: number | undefined, ...seen: Observation[]) =>
  judgeFailed('j', 'BackoffLimitExceeded', tries)(timelineOf(...before, ...seen), 10)

describe('a Job fails for a reason', () => {
  test('when it gives it, after a pod of it was seen to fail', () => {
    expect(judge(1, failed)).toEqual({
      ...{ is: 'open', lastSeen: 'it was not over (0 pods succeeded, 0 failed): one was Failed' },
    })
    expect(judge(1, failed, gaveUp)).toEqual({
      ...{ is: 'held', atMs: 50 },
      detail:
        'failed for BackoffLimitExceeded (0 pods succeeded, 2 failed), after one ended with exit code 137 at 0.02 s',
    })
  })

  test('though it is deleted afterwards', () => {
    expect(judge(1, failed, gaveUp, job(60, { failed: 2 }, 'DELETED')).is).toBe('held')
  })

  test('not by itself, which no fault has led to', () => {
    expect(judge(1, gaveUp)).toEqual({
      ...{ is: 'open', lastSeen: 'it failed, and no pod of it was seen to fail' },
    })
  })

  test('not where it completes, is deleted, or gives another', () => {
    expect(judge(1, failed, over('Complete', 'CompletionsReached', { succeeded: 1, failed: 1 }))).toEqual({
      ...{ is: 'broken', atMs: 50, detail: 'it completed (1 pod succeeded, 1 failed)' },
    })
    expect(judge(1, failed, over('Failed', 'DeadlineExceeded', { failed: 1 }))).toMatchObject({
      ...{ is: 'broken', detail: 'it failed: DeadlineExceeded (0 pods succeeded, 1 failed)' },
    })
    expect(judge(1, failed, job(30, {}, 'DELETED'))).toEqual({
      ...{ is: 'broken', atMs: 30, detail: 'it was deleted' },
    })
  })

  test('not before it has tried as often as it promises to, where its pods tell', () => {
    expect(judge(2, failed, gaveUp)).toEqual({
      ...{ is: 'broken', atMs: 50 },
      detail: 'it gave up too early (0 pods succeeded, 2 failed, with a backoffLimit of 2)',
    })
    expect(judge(undefined, failed, gaveUp).is).toBe('held')
  })

  test('not where it had before the fault', () => {
    const timeline = timelineOf(...before, failed, gaveUp)
    expect(judgeFailed('j', 'BackoffLimitExceeded', 1)(timeline, 55)).toEqual({
      ...{ is: 'unjudgeable', detail: 'was over before the fault (Failed at 0.05 s)' },
    })
  })
})
