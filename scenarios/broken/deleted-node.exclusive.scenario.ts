import { deleteNode, expect, scenario } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

scenario('violates toBeReplaced: no room on the other node', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 2, quick: true, oneOnANode: true }), { traffic: false })
  const pod = await app.pod()

  await inject(deleteNode(pod))

  await expect(pod).toBeReplaced({ onAnotherNode: true })
  await expect(pod).toLeaveEndpoints()
})
