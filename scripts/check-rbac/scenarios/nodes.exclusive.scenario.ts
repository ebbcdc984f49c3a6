import { cordonNode, drainNode, expect, scenario, taintNode } from '@rolypoly/harness'
import { kubia } from '../../../charts/kubia/chart.ts'

// What is asked of the API server is looked at, and not how fast the machine is.
const within = '1m'

scenario('a node that was named is tainted, cordoned and drained', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 1, drain: 0 }), { traffic: false })
  const pod = await shop.pod()
  const taint = await inject(taintNode(pod, { key: 'rolypoly.dev/check', effect: 'NoSchedule' }))
  await taint.revert()
  const cordon = await inject(cordonNode(pod))
  await cordon.revert()
  const drain = await inject(drainNode(pod))
  await drain.revert()
  await expect(shop).toRecover({ within })
})
