import { expect, rollOut, scenario } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

const app = { replicas: 2, quick: true, progressDeadlineSeconds: 15 }
const neverReady = { readyAfter: 3_600 }

scenario(
  'violates toLoseRequests: a rolling update of an app that drops what is in flight',
  async ({ deploy, inject }) => {
    const drops = { ...app, onSigterm: 'exit 1' } as const
    const shop = await deploy(webapl({ ...drops, version: '1' }), { traffic: { path: '/slow?ms=400' } })

    await inject(rollOut(shop, webapl({ ...drops, version: '2' })))

    await expect(shop).toRollOut()
    await expect(shop).toLoseRequests({ atMost: 0 })
  },
)

scenario('violates toKeepAvailable: a roll-out by Recreate', async ({ deploy, inject }) => {
  const recreated = { ...app, strategy: { type: 'Recreate' } } as const
  const shop = await deploy(webapl({ ...recreated, version: '1' }), { traffic: false })

  await inject(rollOut(shop, webapl({ ...recreated, version: '2' })))

  await expect(shop).toRollOut()
  await expect(shop).toKeepAvailable({ atLeast: 1 })
})

scenario(
  'violates toKeepAvailable: a version that never gets ready, where all of the old one may be missing',
  async ({ deploy, inject }) => {
    const rollingUpdate = { maxSurge: 0, maxUnavailable: '100%' }
    const allAtOnce = { ...app, strategy: { type: 'RollingUpdate', rollingUpdate } } as const
    const shop = await deploy(webapl(allAtOnce), { traffic: false })

    await inject(rollOut(shop, webapl({ ...allAtOnce, ...neverReady })))

    await expect(shop).toStallRollOut()
    await expect(shop).toKeepAvailable({ atLeast: 1 })
  },
)

scenario('violates toRollOut: a Deployment that is paused', async ({ deploy, inject }) => {
  const shop = await deploy(webapl(app), { traffic: false })

  await inject(rollOut(shop, webapl({ ...app, version: '2', paused: true })))

  await expect(shop).toRollOut()
  await expect(shop).toStayUp()
})

scenario('violates toRollOut: a version that never gets ready', async ({ deploy, inject }) => {
  const shop = await deploy(webapl(app), { traffic: false })

  await inject(rollOut(shop, webapl({ ...app, ...neverReady })))

  await expect(shop).toRollOut()
  await expect(shop).toKeepAvailable({ atLeast: 2 })
})

scenario('violates toStallRollOut: a version that gets ready', async ({ deploy, inject }) => {
  const shop = await deploy(webapl(app), { traffic: false })

  await inject(rollOut(shop, webapl({ ...app, version: '2' })))

  await expect(shop).toStallRollOut()
  await expect(shop).toKeepAvailable({ atLeast: 2 })
})

scenario(
  'violates toStallRollOut: a progress deadline later than was promised',
  async ({ deploy, inject }) => {
    const patient = { ...app, progressDeadlineSeconds: 600 }
    const shop = await deploy(webapl(patient), { traffic: false })

    await inject(rollOut(shop, webapl({ ...patient, ...neverReady })))

    await expect(shop).toStallRollOut({ within: '20s' })
    await expect(shop).toKeepAvailable({ atLeast: 2 })
  },
)
