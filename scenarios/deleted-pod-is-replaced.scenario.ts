import { deletePod, expect, scenario } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

scenario('a deleted pod is replaced, and five replicas are five again', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 5, quick: true }))
  const pod = await app.pod()

  await inject(deletePod(pod))

  await expect(pod).toBeReplaced()
  await expect(app).toRecover()
})
