import { expect, scenario, taintNode } from '@rolypoly/harness'
import { kubia } from '../../charts/kubia/chart.ts'

const taint = { key: 'example.com/maintenance', effect: 'NoExecute' } as const
const tolerates = { key: taint.key, operator: 'Exists' } as const

scenario(
  'violates toBeReplaced: pods that tolerate the taint of their node without an end',
  async ({ deploy, inject }) => {
    const shop = await deploy(kubia({ replicas: 2, tolerations: [tolerates] }), { traffic: false })
    const pod = await shop.pod()

    await inject(taintNode(pod, taint))

    // As long as one would take that tolerates it for 6 s.
    await expect(pod).toBeReplaced({ within: '12s' })
    await expect(shop).toStayUp()
  },
)

scenario('violates toStayUp: pods that tolerate another taint', async ({ deploy, inject }) => {
  const other = { ...tolerates, key: 'example.com/other' }
  const shop = await deploy(kubia({ replicas: 2, tolerations: [other] }), { traffic: false })
  const pod = await shop.pod()

  await inject(taintNode(pod, taint))

  await expect(pod).toBeReplaced()
  await expect(shop).toStayUp()
})

scenario('violates toRespectBudget: a NoExecute taint, which asks no budget', async ({ deploy, inject }) => {
  const app = { replicas: 4, budget: { maxUnavailable: 0 } }
  const shop = await deploy(kubia(app), { traffic: false })
  const pod = await shop.pod()

  await inject(taintNode(pod, taint))

  await expect(pod).toBeReplaced({ onAnotherNode: true })
  await expect(shop).toRespectBudget()
})
