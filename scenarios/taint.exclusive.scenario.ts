import { expect, scenario, taintNode } from '@rolypoly/harness'
import { kubia } from '../charts/kubia/chart.ts'

const taint = { key: 'example.com/maintenance', value: 'soon', effect: 'NoExecute' } as const
const tolerates = { key: taint.key, operator: 'Exists', effect: 'NoExecute' } as const

scenario('a NoExecute taint takes at once what does not tolerate it', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 4 }))
  const pod = await shop.pod()

  await inject(taintNode(pod, taint))

  await expect(pod).toLeaveEndpoints()
  await expect(pod).toBeReplaced({ onAnotherNode: true })
  await expect(shop).toRecover()
  await expect(shop).toLoseRequests({ atMost: 0 })
})

scenario('tolerationSeconds put off what a NoExecute taint takes', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 4, tolerations: [{ ...tolerates, tolerationSeconds: 6 }] }))
  const pod = await shop.pod()

  await inject(taintNode(pod, taint))
  await expect(pod).toLeaveEndpoints()
  await expect(pod).toBeReplaced()
})

scenario('a toleration without an end keeps its pods on a tainted node', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 4, tolerations: [tolerates] }))

  await inject(taintNode(await shop.pod(), taint))

  await expect(shop).toStayUp({ for: '15s' })
  await expect(shop).toKeepAvailable({ atLeast: 4 })
  await expect(shop).toLoseRequests({ atMost: 0 })
})
