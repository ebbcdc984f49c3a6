import { expect, failProbe, scenario } from '@rolypoly/harness'
import { probes } from '../charts/probes/chart.ts'

for (const way of ['http', 'exec'] as const) {
  scenario(
    `a container whose startup probe over ${way} fails is killed before it is ready, and started again`,
    async ({ deploy, inject }) => {
      const app = await deploy(probes({ startup: way, timing: { startup: { failureThreshold: 5 } } }))
      const pod = await app.pod()

      // A startup probe is asked at a start alone: the fault kills the container once, the kubelet does so again.
      const fault = await inject(failProbe(pod, 'startup'))
      await expect(pod).toRestart({ times: 1 })
      await fault.revert()

      await expect(app).toRecover()
      await expect(app).toStayUp({ except: pod })
      await expect(app).toLoseRequests({ atMost: 0, of: 'others' })
    },
  )
}
