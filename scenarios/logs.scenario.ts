import { deletePod, expect, killContainer, scenario } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

const app = { replicas: 2, quick: true }

scenario(
  'the log of a container that was killed is kept, and the restarted one writes its own',
  async ({ deploy, inject }) => {
    const shop = await deploy(webapl(app), { traffic: false })
    const pod = await shop.pod()

    await inject(killContainer(pod))

    await expect(pod).toLog('listens on port', { previous: true })
    await expect(pod).toLog(/webapl \S+ listens on port \d+/)
    await expect(pod).toRestart({ times: 1 })
  },
)

scenario('an app that is told to stop writes so before its pod goes', async ({ deploy, inject }) => {
  const shop = await deploy(webapl({ ...app, drain: 8 }), { traffic: false })
  const pod = await shop.pod()

  await inject(deletePod(pod))

  await expect(pod).toLog('SIGTERM: 0 requests in flight')
  await expect(pod).toLog('nothing in flight, exit 0')
  await expect(pod).toExit({ code: 0 })
})
