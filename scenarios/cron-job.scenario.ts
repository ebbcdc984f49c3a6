import { expect, scenario } from '@rolypoly/harness'
import { reportCronJob } from '../charts/report-job/chart.ts'

scenario(
  'a CronJob makes a Job at each minute; Forbid leaves one out while another works, and Replace ends that one',
  async ({ deploy }) => {
    const long = { work: 90, startingDeadlineSeconds: 10 }
    const allow = await deploy(reportCronJob({ name: 'report', work: 2 }))
    const forbid = await deploy(reportCronJob({ name: 'forbids', ...long, concurrencyPolicy: 'Forbid' }))
    const replace = await deploy(reportCronJob({ name: 'replaces', ...long, concurrencyPolicy: 'Replace' }))

    await Promise.all([
      expect(allow).toKeepItsSchedule({ for: '135s' }),
      expect(forbid).toKeepItsSchedule({ for: '135s' }),
      expect(replace).toKeepItsSchedule({ for: '135s' }),
    ])
  },
)
