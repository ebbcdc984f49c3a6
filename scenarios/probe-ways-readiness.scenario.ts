import { expect, failProbe, scenario } from '@rolypoly/harness'
import { probes } from '../charts/probes/chart.ts'

for (const way of ['tcp', 'grpc', 'exec'] as const) {
  scenario(
    `a pod whose readiness over ${way} fails leaves the endpoints, and is not restarted`,
    async ({ deploy, inject }) => {
      const app = await deploy(probes({ readiness: way }))
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
}
