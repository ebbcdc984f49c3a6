import { expect, rollBack, rollOut, scenario } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

/** Each version of the app, with a deadline that a scenario can wait for. */
const app = { replicas: 3, quick: true, preStopSleep: 3, progressDeadlineSeconds: 15 }

scenario('a rolling update and its roll-back lose no request', async ({ deploy, inject }) => {
  const shop = await deploy(webapl({ ...app, version: '1' }))

  await inject(rollOut(shop, webapl({ ...app, version: '2' })))
  await expect(shop).toRollOut()
  await inject(rollBack(shop))
  await expect(shop).toRollOut()

  await expect(shop).toKeepAvailable({ atLeast: 3 })
  await expect(shop).toLoseRequests({ atMost: 0 })
})

scenario(
  'a roll-out to an image that does not exist stalls with the old version serving, and is rolled back',
  async ({ deploy, inject }) => {
    const shop = await deploy(webapl(app))
    const image = 'registry.invalid/webapl:2'
    const missing = { ...webapl({ ...app, image }), behaviours: { [image]: 'does not exist' as const } }

    await inject(rollOut(shop, missing))
    await expect(shop).toStallRollOut()
    await inject(rollBack(shop))
    await expect(shop).toRollOut()

    await expect(shop).toKeepAvailable({ atLeast: 3 })
    await expect(shop).toStayUp()
    await expect(shop).toLoseRequests({ atMost: 0 })
  },
)

scenario(
  'a roll-out whose pods never get ready stalls with the old version serving, and is rolled back',
  async ({ deploy, inject }) => {
    const shop = await deploy(webapl(app))

    await inject(rollOut(shop, webapl({ ...app, readyAfter: 3_600 })))
    await expect(shop).toStallRollOut()
    await inject(rollBack(shop))
    await expect(shop).toRollOut()

    await expect(shop).toKeepAvailable({ atLeast: 3 })
    await expect(shop).toStayUp()
    await expect(shop).toLoseRequests({ atMost: 0 })
  },
)
