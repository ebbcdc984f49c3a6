import { deletePod, expect, killContainer, orphanPod, rollOut, scenario } from '@rolypoly/harness'
import { nginx } from '../charts/nginx/chart.ts'

scenario(
  'a pod whose label is taken away is replaced, and lives on as an orphan',
  async ({ deploy, inject }) => {
    const app = await deploy(nginx({ replicas: 3 }))
    const pod = await app.pod()

    await inject(orphanPod(pod))

    await expect(pod).toLeaveEndpoints()
    await expect(pod).toBeReplaced()
    await expect(app).toRecover()
    await expect(pod).toStayUp({ for: '10s' })
    await expect(pod).toKeepItsAddress()
    await expect(app).toKeepItsAddress()
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)

scenario(
  'each pod is named after its ReplicaSet and owned by it, through a deletion and a roll-out',
  async ({ deploy, inject }) => {
    const app = await deploy(nginx({ replicas: 2, version: '1' }), { traffic: false })
    const pod = await app.pod()

    await inject(deletePod(pod))
    await expect(pod).toBeReplaced()
    await inject(rollOut(app, nginx({ replicas: 2, version: '2' })))
    await expect(app).toRollOut()

    await expect(app).toOwnItsPods()
    await expect(app).toKeepItsAddress()
  },
)

scenario('a restarted container keeps its pod, with its name and its IP', async ({ deploy, inject }) => {
  const app = await deploy(nginx({ replicas: 1 }), { traffic: false })
  const pod = await app.pod()

  await inject(killContainer(pod))

  await expect(pod).toRestart({ times: 1 })
  await expect(app).toRecover()
  await expect(pod).toKeepItsAddress()
  await expect(app).toOwnItsPods()
})
