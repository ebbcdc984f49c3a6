import { expect, scale, scenario } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

scenario('scaling up and down again loses no request', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 2, quick: true, preStopSleep: 3 }))

  await inject(scale(app, { to: 4 }))
  await expect(app).toRecover()
  await inject(scale(app, { to: 2 }))
  await expect(app).toRecover()

  await expect(app).toKeepAvailable({ atLeast: 2 })
  await expect(app).toLoseRequests({ atMost: 0 })
})
