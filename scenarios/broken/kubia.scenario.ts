import { deletePod, expect, scale, scenario } from '@rolypoly/harness'
import { kubia } from '../../charts/kubia/chart.ts'

const quota = (pods: number) => ({
  ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'pods' } },
  spec: { hard: { pods: String(pods) } },
})

scenario(
  'violates toBeReplaced: a quota that has room for one of two pods that stop',
  async ({ deploy, inject }) => {
    const chart = kubia({ replicas: 3, drain: 15 })
    const app = await deploy({ ...chart, objects: [quota(4), ...chart.objects] }, { traffic: false })
    const stopped = (await app.pods()).slice(0, 2)

    await Promise.all(stopped.map((pod) => inject(deletePod(pod))))

    for (const pod of stopped) await expect(pod).toBeReplaced()
    await expect(app).toStayUp({ except: stopped })
  },
)

scenario('violates toConverge: a quota that keeps a size from being reached', async ({ deploy, inject }) => {
  const chart = kubia({ replicas: 1 })
  const app = await deploy({ ...chart, objects: [quota(2), ...chart.objects] }, { traffic: false })

  await inject(scale(app, { to: 3 }))

  await expect(app).toConverge()
})
