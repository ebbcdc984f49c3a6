import { expect, scenario } from '@rolypoly/harness'
import { reportCronJob } from '../../charts/report-job/chart.ts'

scenario('violates toKeepItsSchedule: a CronJob that is suspended', async ({ deploy }) => {
  const report = await deploy(reportCronJob({ work: 2, suspend: true }))

  await expect(report).toKeepItsSchedule({ for: '75s' })
})
