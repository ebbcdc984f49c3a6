import { expect, test } from 'vitest'
import { intervalsOf } from './reduce.ts'
import { tellInterval, watched } from './testing.ts'

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

test('one that has failed is over too, and one that is deleted is no more', () => {
  const failed = job({ failed: 1, ...says('Failed', 'True', 'BackoffLimitExceeded') })
  expect(told(watched('Job', 1_000, failed), watched('Job', 2_000, failed, 'DELETED'))).toEqual([
    '1.000000 - 2.000000  job  Job/shop/report (j)  active=0 succeeded=0 failed=1',
    '1.000000 - 2.000000  job-ended  Job/shop/report (j)  how=Failed reason=BackoffLimitExceeded',
  ])
  expect(told(watched('Job', 1_000, job(says('Failed', 'False'))))).toHaveLength(1)
})
