import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { ended, pod, running, timelineOf, watched } from '../timeline/testing.ts'
import { judgeCompleted } from './to-complete.ts'

const job = (atMs: number, status: object, type?: 'DELETED') =>
  watched('Job', atMs, { metadata: { name: 'report', namespace: 'shop', uid: 'j' }, status }, type)
const over = (atMs: number, type: string, reason: string, counts: object) =>
  job(atMs, { ...counts, conditions: [{ type, status: 'True', reason }] })
const of = (atMs: number, name: string, parts = {}) =>
  watched('Pod', atMs, pod({ name, owner: 'j', ...parts }))
const before = [job(1, { active: 1 }), of(2, 'one', { containers: { app: running('id1') } })]
const failed = of(20, 'one', {
  phase: 'Failed',
  containers: { app: { restartCount: 0, state: ended('id1') } },
})
const complete = over(50, 'Complete', 'CompletionsReached', { succeeded: 1, failed: 1 })
const judge = (...seen: Observation[]) => judgeCompleted('j')(timelineOf(...before, ...seen), 10)

describe('a Job completes', () => {
  test('when it says so, after a pod of it was seen to fail', () => {
    expect(judge(failed).is).toBe('open')
    expect(judge(failed, job(30, { active: 1, failed: 1 })).is).toBe('open')
    expect(judge(failed, complete)).toEqual({
      ...{ is: 'held', atMs: 50 },
      detail: 'completed (1 pod succeeded, 1 failed), although one ended with exit code 137 at 0.02 s',
    })
  })

  test('though a pod of it was deleted, or its container restarted', () => {
    expect(judge(of(20, 'one', { grace: 2, containers: { app: running('id1') } }), complete)).toMatchObject({
      detail: expect.stringContaining('although one was deleted at 0.02 s'),
    })
    const again = of(20, 'one', { containers: { app: running('id2', 1, ended('id1', 3)) } })
    expect(judge(again, complete)).toMatchObject({ detail: expect.stringContaining('exit code 3') })
  })

  test('by itself where no pod was hurt, which is nothing that was promised', () => {
    expect(judge(complete)).toEqual({
      ...{ is: 'open', lastSeen: 'it completed, and no pod of it was seen to fail' },
    })
    const earlier = [
      of(5, 'one', { phase: 'Failed', containers: { app: { restartCount: 0, state: ended('id1') } } }),
    ]
    expect(judge(...earlier, complete).is).toBe('open')
    const later = of(30, 'one', { containers: { app: { restartCount: 1, state: ended('id2') } } })
    expect(judge(...earlier, later, complete).is).toBe('held')
    const success = ended('id1', 0, 'Completed')
    expect(
      judge(of(20, 'one', { containers: { app: { restartCount: 0, state: success } } }), complete).is,
    ).toBe('open')
  })

  test('not where it has failed, and it says why', () => {
    expect(judge(failed, over(60, 'Failed', 'BackoffLimitExceeded', { failed: 2 }))).toEqual({
      ...{ is: 'broken', atMs: 60, detail: 'it failed: BackoffLimitExceeded (0 pods succeeded, 2 failed)' },
    })
  })

  test('not where it was over before the fault, or is deleted', () => {
    expect(judgeCompleted('j')(timelineOf(...before, complete), 55)).toEqual({
      ...{ is: 'unjudgeable', detail: 'was over before the fault (Complete at 0.05 s)' },
    })
    expect(judge(job(30, {}, 'DELETED'))).toEqual({ is: 'broken', atMs: 30, detail: 'it was deleted' })
  })

  test('and until then it is told how its pods stand', () => {
    expect(judge(failed, of(25, 'two', { phase: 'Pending', ready: false }))).toMatchObject({
      lastSeen: 'it was not over (0 pods succeeded, 0 failed): one was Failed, two was Pending',
    })
  })
})
