import { deletePod, expect, killContainer, scenario } from '@rolypoly/harness'
import { reportJob } from '../charts/report-job/chart.ts'

scenario('a Job whose pod is killed half-way makes another, and completes', async ({ deploy, inject }) => {
  const report = await deploy(reportJob({ work: 12 }))
  const pod = await report.pod()

  await inject(killContainer(pod))

  await expect(report).toComplete({ work: '12s' })
  await expect(pod).toExit({ code: 137 })
})

scenario(
  'a Job whose container is killed has it restarted in its pod, and completes',
  async ({ deploy, inject }) => {
    const report = await deploy(reportJob({ work: 12, restartPolicy: 'OnFailure' }))
    const pod = await report.pod()

    await inject(killContainer(pod))

    await expect(pod).toRestart({ times: 1 })
    await expect(pod).toLog('page 1 of 12')
    await expect(report).toComplete({ work: '12s' })
  },
)

scenario('a Job whose pod is deleted makes another, and completes', async ({ deploy, inject }) => {
  const report = await deploy(reportJob({ work: 12 }))

  await inject(deletePod(await report.pod()))

  await expect(report).toComplete({ work: '12s' })
})

scenario(
  'a Job of which more pods fail than its backoffLimit allows gives up, and says why',
  async ({ deploy, inject }) => {
    const report = await deploy(reportJob({ work: 30, completions: 2, parallelism: 2, backoffLimit: 1 }))

    await Promise.all((await report.pods()).map((pod) => inject(killContainer(pod))))

    await expect(report).toFailFor('BackoffLimitExceeded')
  },
)
