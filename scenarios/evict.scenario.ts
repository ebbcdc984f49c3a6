import { deletePod, evictPod, expect, scenario } from '@rolypoly/harness'
import { kubia } from '../charts/kubia/chart.ts'

scenario(
  'an eviction beyond the budget is refused, and goes through once the one before it is replaced',
  async ({ deploy, inject, hold }) => {
    // Slow to be ready, so that the second one comes before the first is replaced.
    const shop = await deploy(kubia({ replicas: 3, budget: { minAvailable: 2 }, readyAfter: 4 }))
    const first = await shop.pod()
    await inject(evictPod(first))
    await hold('1s', 'another pod is made in its place')
    const second = await shop.pod()
    // Refused at first, and asked for again every 5 s.
    await inject(evictPod(second))

    await expect(first).toBeReplaced()
    await expect(second).toBeReplaced()
    await expect(shop).toRespectBudget({ refusals: 1 })
    await expect(shop).toKeepAvailable({ atLeast: 2 })
    await expect(shop).toLoseRequests({ atMost: 0 })
  },
)

scenario('a budget that needs every pod lets none be evicted', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 2, budget: { maxUnavailable: 0 } }))

  await inject(evictPod(await shop.pod(), { within: '12s' }))

  await expect(shop).toRespectBudget({ refusals: 1 })
  await expect(shop).toStayUp()
  await expect(shop).toLoseRequests({ atMost: 0 })
})

scenario('an ordinary deletion asks no budget', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 2, budget: { maxUnavailable: 0 } }))
  const pod = await shop.pod()

  await inject(deletePod(pod))

  await expect(pod).toLeaveEndpoints()
  await expect(pod).toBeReplaced()
  await expect(shop).toRecover()
})
