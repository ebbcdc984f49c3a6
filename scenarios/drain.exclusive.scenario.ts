import { cordonNode, deletePod, drainNode, expect, scenario } from '@rolypoly/harness'
import { kubia } from '../charts/kubia/chart.ts'

scenario('a drain keeps to the budget, and loses no request', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 4, budget: { maxUnavailable: 1 } }))
  const pod = await shop.pod()

  await inject(drainNode(pod))

  await expect(pod).toLeaveEndpoints()
  await expect(pod).toBeReplaced({ onAnotherNode: true })
  await expect(shop).toRecover()
  await expect(shop).toRespectBudget({ refusals: 1 })
  await expect(shop).toKeepAvailable({ atLeast: 3 })
  await expect(shop).toLoseRequests({ atMost: 0 })
})

scenario('a cordoned node keeps its pods, and takes no new ones', async ({ deploy, inject, hold }) => {
  const shop = await deploy(kubia({ replicas: 4 }))
  const pod = await shop.pod()

  await inject(cordonNode(pod))
  await hold('3s', 'a cordoned node keeps its pods')
  await inject(deletePod(pod))

  await expect(pod).toBeReplaced({ onAnotherNode: true })
  await expect(shop).toRecover()
  await expect(shop).toStayUp({ except: pod })
})

scenario('what has no other place waits until its node is uncordoned', async ({ deploy, inject, hold }) => {
  const shop = await deploy(kubia({ replicas: 2, oneOnANode: true, budget: { minAvailable: 1 } }))
  const pod = await shop.pod()

  const fault = await inject(drainNode(pod))
  await hold('5s', 'the drained node takes no new pod')
  await fault.revert()

  await expect(shop).toRecover()
  await expect(shop).toRespectBudget()
  await expect(shop).toKeepAvailable({ atLeast: 1 })
  await expect(shop).toLoseRequests({ atMost: 0 })
})
