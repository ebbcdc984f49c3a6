import { deleteNode, expect, scenario } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

scenario("a deleted node's pods come back on another", async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 4, quick: true }))
  const pod = await app.pod()

  await inject(deleteNode(pod))

  await expect(pod).toBeReplaced({ onAnotherNode: true })
  await expect(pod).toLeaveEndpoints()
  await expect(app).toRecover()
})
