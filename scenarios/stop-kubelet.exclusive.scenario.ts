import { expect, scenario, stopKubelet } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

scenario(
  'containers whose kubelet stops go on serving, and leave their Service after its grace',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 4, quick: true }))
    const pod = await app.pod()

    const fault = await inject(stopKubelet(pod))
    await expect(pod).toLeaveEndpoints()
    await fault.revert()

    await expect(pod).toJoinEndpoints()
    await expect(app).toStayUp()
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)
