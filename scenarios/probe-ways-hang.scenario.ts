import { expect, failProbe, scenario } from '@rolypoly/harness'
import { probes } from '../charts/probes/chart.ts'

// It outlasts a slow stop of the app, and is late enough after a start that it is seen to be.
const seenAtTheEnd = { initialDelaySeconds: 2, failureThreshold: 10 }

for (const way of ['http', 'tcp', 'grpc', 'exec'] as const) {
  scenario(
    `a liveness probe over ${way} that hangs beyond its time-out has failed: the container is restarted`,
    async ({ deploy, inject }) => {
      const timing = { readiness: seenAtTheEnd }
      const app = await deploy(probes({ liveness: way, replicas: 1, timing }), { traffic: false })
      const pod = await app.pod()

      const fault = await inject(failProbe(pod, 'liveness', { with: 'silence' }))
      await expect(pod).toRestart({ times: 1 })
      await fault.revert()

      await expect(app).toRecover()
    },
  )
}

scenario(
  'a readiness probe whose answer comes after its time-out has failed: the pod leaves the endpoints',
  async ({ deploy, inject }) => {
    const app = await deploy(probes({ replicas: 1, timing: { readiness: { timeoutSeconds: 1 } } }), {
      traffic: false,
    })
    const pod = await app.pod()

    const fault = await inject(failProbe(pod, 'readiness', { with: { delayMs: 1_500 } }))
    await expect(pod).toLeaveEndpoints()
    await expect(pod).toStayUp()
    await fault.revert()

    await expect(pod).toJoinEndpoints()
  },
)
