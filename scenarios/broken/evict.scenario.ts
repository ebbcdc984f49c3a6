import { deletePod, evictPod, expect, scenario } from '@rolypoly/harness'
import { kubia } from '../../charts/kubia/chart.ts'

scenario(
  'violates toRespectBudget: two ordinary deletions at once, which ask no budget',
  async ({ deploy, inject }) => {
    // Slow to be ready, so that the second one comes before the first is replaced.
    const shop = await deploy(kubia({ replicas: 3, budget: { minAvailable: 2 }, readyAfter: 5, drain: 1 }), {
      traffic: false,
    })

    const first = await shop.pod()
    await inject(deletePod(first))
    await inject(deletePod(await shop.pod()))

    await expect(shop).toRespectBudget()
    await expect(first).toBeReplaced()
  },
)

scenario('violates toRespectBudget: an app without a budget', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 2 }), { traffic: false })

  await inject(evictPod(await shop.pod()))

  await expect(shop).toRespectBudget()
})

scenario(
  'violates toRespectBudget: an eviction for which the budget has room is not refused',
  async ({ deploy, inject }) => {
    const shop = await deploy(kubia({ replicas: 3, budget: { minAvailable: 2 } }), { traffic: false })
    const pod = await shop.pod()

    await inject(evictPod(pod))

    await expect(pod).toBeReplaced()
    await expect(shop).toRespectBudget({ refusals: 1 })
  },
)

scenario('violates toBeReplaced: a budget that lets no pod go', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 2, budget: { minAvailable: '100%' } }), { traffic: false })
  const pod = await shop.pod()

  await inject(evictPod(pod, { within: '6s' }))

  await expect(pod).toBeReplaced()
  await expect(shop).toRespectBudget({ refusals: 1 })
})

scenario(
  'error "by no fault of the scenario": a pod that somebody else evicts meanwhile',
  async ({ deploy, inject, cluster }) => {
    const shop = await deploy(kubia({ replicas: 3 }), { traffic: false })
    const pod = await shop.pod()
    await inject(deletePod(pod))

    const { namespace, name, uid } = await shop.pod()
    await cluster.kube.evict({ namespace, name }, { uid })

    await expect(pod).toBeReplaced()
    await expect(shop).toStayUp({ except: pod })
  },
)
