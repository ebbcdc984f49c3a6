import { cordonNode, deletePod, drainNode, expect, scenario } from '@rolypoly/harness'
import { kubia } from '../../charts/kubia/chart.ts'

scenario('violates toKeepAvailable: a drain of an app without a budget', async ({ deploy, inject }) => {
  // Slow to be ready elsewhere, so that all that were on the node are missed at once.
  const shop = await deploy(kubia({ replicas: 4, readyAfter: 5, drain: 1 }), { traffic: false })
  const pod = await shop.pod()

  await inject(drainNode(pod))

  await expect(pod).toBeReplaced({ onAnotherNode: true })
  await expect(shop).toKeepAvailable({ atLeast: 3 })
})

scenario('violates toBeReplaced: a drain that the budget holds up for ever', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 2, budget: { maxUnavailable: 0 } }), { traffic: false })
  const pod = await shop.pod()

  await inject(drainNode(pod, { within: '6s' }))

  await expect(pod).toBeReplaced({ onAnotherNode: true, within: '10s' })
  await expect(shop).toRespectBudget({ refusals: 1 })
})

scenario('violates toBeReplaced: a cordoned node is the only one with room', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 2, oneOnANode: true }), { traffic: false })
  const pod = await shop.pod()

  await inject(cordonNode(pod))
  await inject(deletePod(pod))

  await expect(pod).toBeReplaced()
  await expect(shop).toKeepAvailable({ atLeast: 1 })
})
