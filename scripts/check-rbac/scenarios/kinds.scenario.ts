import { type Chart, deletePod, expect, scenario } from '@rolypoly/harness'
import { apps, commandOf, image } from '../../../charts/apps/apps.ts'
import { reportCronJob, reportJob } from '../../../charts/report-job/chart.ts'

const alone: Chart = {
  ...{ name: 'alone', images: [image], behaviours: { [image.name]: apps }, traffic: false },
  objects: [
    {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'alone' } },
      spec: { containers: [{ name: 'app', image: image.name, command: commandOf('kubia') }] },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'alone' }, data: { colour: 'red' } },
  ],
}

// What is asked of the API server is looked at, and not how fast the machine is.
const within = '1m'

scenario('a Job goes on, beside a Pod in a second namespace and a CronJob', async ({ deploy, inject }) => {
  await deploy(alone, { namespace: 'neighbour' })
  const report = await deploy(reportJob({ work: 8 }))
  await inject(deletePod(await report.pod()))
  await expect(report).toComplete({ work: '8s', within })
  // A simulated cluster has none, and plays no further.
  await deploy(reportCronJob({ name: 'later', suspend: true }))
})
