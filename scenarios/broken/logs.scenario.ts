import { deletePod, expect, killContainer, scenario } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

const app = { replicas: 2, quick: true }

scenario('violates toLog: an app that ends at SIGTERM without a word', async ({ deploy, inject }) => {
  const shop = await deploy(webapl({ ...app, onSigterm: 'exit 1', terminationGracePeriodSeconds: 5 }), {
    traffic: false,
  })
  const pod = await shop.pod()

  await inject(deletePod(pod))

  await expect(pod).toLog('SIGTERM')
  await expect(pod).toExit({ code: 1 })
})

scenario('violates toLog: last words that a killed container cannot write', async ({ deploy, inject }) => {
  const shop = await deploy(webapl(app), { traffic: false })
  const pod = await shop.pod()

  await inject(killContainer(pod))

  await expect(pod).toLog('SIGTERM', { previous: true })
  await expect(pod).toRestart({ times: 1 })
})
