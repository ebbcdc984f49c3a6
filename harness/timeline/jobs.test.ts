import { expect, test } from 'vitest'
import { intervalsOf } from './reduce.ts'
import { steadiness } from './steady.ts'
import { pod, tellInterval, timelineOf, watched } from './testing.ts'

const job = (status: object, owner?: string) => ({
  metadata: {
    ...{ name: 'report', namespace: 'shop', uid: 'j' },
    ...(owner !== undefined && { ownerReferences: [{ uid: owner, controller: true }] }),
  },
  status,
})
const says = (type: string, status: string, reason = '') => ({ conditions: [{ type, status, reason }] })
const told = (...seen: ReturnType<typeof watched>[]) => intervalsOf(seen).map(tellInterval)

test('a Job is told by the counts of its pods, and by its end', () => {
  const done = { succeeded: 1, failed: 1, ...says('Complete', 'True', 'CompletionsReached') }
  expect(
    told(
      watched('Job', 1_000, job({})),
      watched('Job', 2_000, job({ active: 1, ready: 0 })),
      watched('Job', 2_500, job({ active: 1, ready: 1 })),
      watched('Job', 3_000, job({ ...done, conditions: [...says('SuccessCriteriaMet', 'True').conditions] })),
      watched('Job', 4_000, job(done)),
    ),
  ).toEqual([
    '1.000000 - 2.000000  job  Job/shop/report (j)  active=0 succeeded=0 failed=0',
    '2.000000 - 3.000000  job  Job/shop/report (j)  active=1 succeeded=0 failed=0',
    '3.000000 - open  job  Job/shop/report (j)  active=0 succeeded=1 failed=1',
    '4.000000 - open  job-ended  Job/shop/report (j)  how=Complete reason=CompletionsReached',
  ])
})

test('one that a CronJob has made is told with the time of the schedule that it was made for', () => {
  const { metadata } = job({})
  const annotations = { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-11-21T12:35:00Z' }
  const creationTimestamp = '2026-11-21T12:35:01Z'
  const made = (kind: string) => ({
    metadata: {
      ...{ ...metadata, annotations, creationTimestamp },
      ownerReferences: [{ kind, uid: 'c', controller: true }],
    },
    status: {},
  })
  const seen = [watched('Job', 1_000, made('CronJob')), watched('Job', 9_000, made('CronJob'), 'DELETED')]
  expect(told(...seen)).toContain(
    '1.000000 - 9.000000  job-scheduled  Job/shop/report (j)  cronJob=c scheduledAt=2026-11-21T12:35:00Z createdAt=2026-11-21T12:35:01Z',
  )
  expect(told(watched('Job', 1_000, made('Other')))).toHaveLength(1)
})

test('one that has failed is over too, and one that is deleted is no more', () => {
  const failed = job({ failed: 1, ...says('Failed', 'True', 'BackoffLimitExceeded') })
  expect(told(watched('Job', 1_000, failed), watched('Job', 2_000, failed, 'DELETED'))).toEqual([
    '1.000000 - 2.000000  job  Job/shop/report (j)  active=0 succeeded=0 failed=1',
    '1.000000 - 2.000000  job-ended  Job/shop/report (j)  how=Failed reason=BackoffLimitExceeded',
  ])
  expect(told(watched('Job', 1_000, job(says('Failed', 'False'))))).toHaveLength(1)
})

test('a CronJob is steady whatever its Jobs do, and a Job while its pods run', () => {
  const roots = (kind: string, uid: string) => ({
    ...{ name: 'report', namespace: 'shop', services: [] },
    roots: [{ kind, name: 'report', uid, replicas: kind === 'Job' ? 1 : 0 }],
  })
  const of = (ready: boolean) =>
    timelineOf(watched('Job', 1, job({}, 'c')), watched('Pod', 2, pod({ owner: 'j', ready })))
  expect(steadiness(of(false), roots('CronJob', 'c')).steady).toBe(true)
  expect(steadiness(of(false), roots('Job', 'j')).steady).toBe(false)
  expect(steadiness(of(true), roots('Job', 'j')).steady).toBe(true)
})
