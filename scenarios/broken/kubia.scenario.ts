import { deletePod, expect, scale, scenario } from '@rolypoly/harness'
import { kubia } from '../../charts/kubia/chart.ts'
import { podQuota } from '../../charts/quota.ts'

scenario(
  'violates toBeReplaced: a quota that has room for one of two pods that stop',
  async ({ deploy, inject }) => {
    const app = await deploy(podQuota(4, kubia({ replicas: 3, drain: 15 })), { traffic: false })
    const stopped = (await app.pods()).slice(0, 2)

    await Promise.all(stopped.map((pod) => inject(deletePod(pod))))

    for (const pod of stopped) await expect(pod).toBeReplaced()
    await expect(app).toStayUp({ except: stopped })
  },
)

scenario('violates toConverge: a quota that keeps a size from being reached', async ({ deploy, inject }) => {
  const app = await deploy(podQuota(2, kubia({ replicas: 1 })), { traffic: false })

  await inject(scale(app, { to: 3 }))

  await expect(app).toConverge()
})
