import { expect, killContainer, rollOut, scenario } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

const app = { replicas: 2, quick: true }

scenario('violates toCrashLoop: an app that crashes once and no more', async ({ deploy, inject }) => {
  const shop = await deploy(webapl(app), { traffic: false })
  const pod = await shop.pod()

  await inject(killContainer(pod))

  await expect(pod).toCrashLoop({ times: 2 })
  await expect(pod).toRestart({ times: 1 })
})

scenario('violates toCrashLoop: a pod whose restartPolicy is Never', async ({ deploy, inject }) => {
  const shop = await deploy(webapl({ ...app, barePod: 'Never' }), { traffic: false })
  const pod = await shop.pod()

  await inject(killContainer(pod))

  await expect(pod).toCrashLoop({ times: 2 })
  await expect(pod).toExit({ code: 137 })
})

scenario('violates toCrashLoop: a version that starts well', async ({ deploy, inject }) => {
  const shop = await deploy(webapl(app), { traffic: false })

  await inject(rollOut(shop, webapl({ ...app, version: '2' })))

  await expect(await shop.newPod()).toCrashLoop({ times: 2, within: '20s' })
  await expect(shop).toRollOut()
})
