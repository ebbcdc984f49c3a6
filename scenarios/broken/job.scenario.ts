import { expect, killContainer, scenario } from '@rolypoly/harness'
import { reportJob } from '../../charts/report-job/chart.ts'

scenario('violates toComplete: a Job whose backoffLimit is 0', async ({ deploy, inject }) => {
  const report = await deploy(reportJob({ work: 12, backoffLimit: 0 }))
  const pod = await report.pod()

  await inject(killContainer(pod))

  await expect(report).toComplete({ work: '12s' })
  await expect(pod).toExit({ code: 137 })
})

scenario('violates toComplete: a Job that fails beyond its backoffLimit', async ({ deploy, inject }) => {
  const report = await deploy(reportJob({ work: 12, failAt: 10, backoffLimit: 1 }))

  await inject(killContainer(await report.pod()))

  await expect(report).toComplete({ work: '12s' })
})

scenario('violates toFailFor: a Job that has a try left, and completes by it', async ({ deploy, inject }) => {
  const report = await deploy(reportJob({ work: 6, backoffLimit: 1 }))

  await inject(killContainer(await report.pod()))

  await expect(report).toFailFor('BackoffLimitExceeded', { work: '6s' })
})
