import { expect, killPod, orphanPod, rollOut, scenario } from '@rolypoly/harness'
import { nginx } from '../../charts/nginx/chart.ts'

scenario('violates toBeReplaced: a bare Pod whose label is taken away', async ({ deploy, inject }) => {
  const app = await deploy(nginx({ barePod: true }), { traffic: false })
  const pod = await app.pod()

  await inject(orphanPod(pod))

  await expect(pod).toLeaveEndpoints()
  await expect(pod).toBeReplaced()
  await expect(pod).toStayUp()
})

scenario('violates toOwnItsPods: a pod whose label is taken away', async ({ deploy, inject }) => {
  const app = await deploy(nginx({ replicas: 2 }), { traffic: false })
  const pod = await app.pod()

  await inject(orphanPod(pod))

  await expect(pod).toBeReplaced()
  await expect(app).toOwnItsPods()
})

scenario(
  'violates toKeepItsAddress: a pod that is killed, where its replacement was taken for it',
  async ({ deploy, inject }) => {
    const app = await deploy(nginx({ replicas: 1 }), { traffic: false })
    const pod = await app.pod()

    await inject(killPod(pod))

    await expect(app).toRecover()
    await expect(pod).toKeepItsAddress()
  },
)

scenario(
  'violates toKeepItsAddress: a version that moves its Service to another port',
  async ({ deploy, inject }) => {
    const app = await deploy(nginx({ replicas: 2, version: '1' }), { traffic: false })

    await inject(rollOut(app, nginx({ replicas: 2, version: '2', port: 8080 })))

    await expect(app).toRollOut()
    await expect(app).toKeepItsAddress()
  },
)
