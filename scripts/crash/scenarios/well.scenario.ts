import { deletePod, expect, scenario } from '@rolypoly/harness'
import { probes } from '../../../charts/probes/chart.ts'

scenario('after a crash, a deleted pod is replaced as ever', async ({ deploy, inject }) => {
  const app = await deploy(probes())
  const pod = await app.pod()
  await inject(deletePod(pod))
  await expect(pod).toBeReplaced()
  await expect(app).toRecover()
})
