import { expect, failProbe, scenario } from '@rolypoly/harness'
import { probes } from '../charts/probes/chart.ts'

for (const way of ['tcp', 'grpc', 'exec'] as const) {
  scenario(
    `a container whose liveness probe over ${way} fails is restarted in place, and only it`,
    async ({ deploy, inject }) => {
      const app = await deploy(probes({ liveness: way }))
      const pod = await app.pod()

      const fault = await inject(failProbe(pod, 'liveness'))
      await expect(pod).toRestart({ times: 1 })
      await fault.revert()

      await expect(app).toRecover()
      await expect(app).toStayUp({ except: pod })
      await expect(app).toLoseRequests({ atMost: 0, of: 'others' })
    },
  )
}
