import { expect, partitionNode, scenario } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

scenario(
  'violates toKeepAvailable: the one replica there is, which serves on where nobody is sent to',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 1, quick: true }), { traffic: false })
    const pod = await app.pod()

    const fault = await inject(partitionNode(pod))
    await expect(pod).toLeaveEndpoints()
    await fault.revert()

    await expect(pod).toJoinEndpoints()
    await expect(pod).toStayUp()
    await expect(app).toKeepAvailable({ atLeast: 1 })
  },
)
