import { deletePod, expect, scenario } from '@rolypoly/harness'
import { probes } from '../../../charts/probes/chart.ts'

/** How soon is not what is asked here, and the machine may be busy with what was hurt. */
const within = '2m'

scenario('after a crash, a deleted pod is replaced as ever', async ({ deploy, inject }) => {
  const app = await deploy(probes())
  const pod = await app.pod()
  await inject(deletePod(pod))
  await expect(pod).toBeReplaced({ within })
  await expect(app).toRecover({ within })
})
