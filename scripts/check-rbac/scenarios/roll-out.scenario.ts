import { expect, rollBack, rollOut, scale, scenario } from '@rolypoly/harness'
import { kubia } from '../../../charts/kubia/chart.ts'

const app = { drain: 0 }

// What is asked of the API server is looked at, and not how fast the machine is.
const within = '1m'

scenario('a workload is scaled, rolled out and back', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 1, ...app }), { traffic: false })
  await inject(scale(shop, { to: 2 }))
  await expect(shop).toConverge({ within })
  await inject(rollOut(shop, kubia({ replicas: 2, ...app, readyAfter: 1 })))
  await expect(shop).toRollOut({ within })
  await inject(rollBack(shop))
  await expect(shop).toRollOut({ within })
})
