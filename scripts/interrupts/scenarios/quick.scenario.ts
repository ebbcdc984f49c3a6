import { expect, killPod, scenario } from '@rolypoly/harness'
import { webapl } from '@rolypoly/harness/charts/webapl'

scenario('it is judged before the stop', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 2, quick: true }), { traffic: false })
  const pod = await app.pod()
  await inject(killPod(pod))
  await expect(pod).toBeReplaced({ within: '2m' })
})
