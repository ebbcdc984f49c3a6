import { expect, rollOut, scenario } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

const app = { replicas: 1, quick: true }
const quiet = { traffic: false } as const

scenario(
  'violates toBecomeReady: a pod without a readiness probe, which is ready before its app is',
  async ({ deploy, inject }) => {
    const shop = await deploy(webapl(app), quiet)

    await inject(rollOut(shop, webapl({ ...app, readiness: false, readyAfter: 10 }), { readyAfter: '10s' }))

    await expect(await shop.newPod()).toBecomeReady()
  },
)

scenario(
  'violates toBecomeReady: an app that takes longer to be ready than was said of it',
  async ({ deploy, inject }) => {
    const shop = await deploy(webapl(app), quiet)

    await inject(rollOut(shop, webapl({ ...app, readyAfter: 40 }), { readyAfter: '5s' }))

    await expect(await shop.newPod()).toBecomeReady()
  },
)

scenario(
  'violates toRestart: an app that falls ill later than was said of it',
  async ({ deploy, inject }) => {
    const shop = await deploy(webapl(app), quiet)

    const later = webapl({ ...app, failAfter: 60, terminationGracePeriodSeconds: 3 })
    await inject(rollOut(shop, later, { illAfter: '5s' }))

    await expect(await shop.newPod()).toRestart()
  },
)

scenario('violates toHaveEvents: an app that stays well', async ({ deploy, inject }) => {
  const shop = await deploy(webapl(app), quiet)

  await inject(rollOut(shop, webapl({ ...app, version: '2' })))

  await expect(await shop.newPod()).toHaveEvents(['Started', 'Killing'], { within: '10s' })
})

scenario(
  "violates toLog: an app that keeps what it needs in its container's own filesystem",
  async ({ deploy, inject }) => {
    const shop = await deploy(webapl(app), quiet)

    const quickly = { failAfter: 5, readiness: { initialDelaySeconds: 2 }, terminationGracePeriodSeconds: 3 }
    const forgetful = webapl({ ...app, ...quickly, cache: 'its own' })
    await inject(rollOut(shop, forgetful, { illAfter: '5s' }))

    await expect(await shop.newPod()).toLog('2 by /tmp/cache')
  },
)
