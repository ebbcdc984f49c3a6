import { expect, scale, scenario } from '@rolypoly/harness'
import { kubia } from '../charts/kubia/chart.ts'

scenario('scaled from 1 to 3 to 5 and back, an app loses no request', async ({ deploy, inject }) => {
  const app = await deploy(kubia({ replicas: 1 }))

  for (const to of [3, 5, 1]) {
    await inject(scale(app, { to }))
    await expect(app).toRecover()
    await expect(app).toConverge()
  }

  await expect(app).toKeepAvailable({ atLeast: 1 })
  await expect(app).toLoseRequests({ atMost: 0 })
})
