import { expect, failProbe, scenario } from '@rolypoly/harness'
import { nginx } from '../charts/nginx/chart.ts'

scenario(
  'a pod whose readiness fails leaves the endpoints, and is not restarted',
  async ({ deploy, inject }) => {
    const app = await deploy(nginx({ replicas: 3 }))
    const pod = await app.pod()

    const fault = await inject(failProbe(pod, 'readiness'))
    await expect(pod).toLeaveEndpoints()
    await expect(pod).toStayUp()
    await fault.revert()

    await expect(pod).toJoinEndpoints()
    await expect(app).toRecover()
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)
