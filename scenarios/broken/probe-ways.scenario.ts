import { expect, failProbe, scenario } from '@rolypoly/harness'
import { probes } from '../../charts/probes/chart.ts'

scenario('violates toRestart: a liveness probe over tcp that never gives up', async ({ deploy, inject }) => {
  const app = await deploy(probes({ liveness: 'tcp', timing: { liveness: { failureThreshold: 1_000 } } }), {
    traffic: false,
  })
  const pod = await app.pod()

  await inject(failProbe(pod, 'liveness'))

  await expect(pod).toRestart({ times: 1, within: '10s' })
})

scenario(
  'violates toStayUp: a liveness probe that runs just what readiness runs',
  async ({ deploy, inject }) => {
    const app = await deploy(probes({ liveness: 'exec', readiness: 'exec', allAlike: true }), {
      traffic: false,
    })
    const pod = await app.pod()

    await inject(failProbe(pod, 'readiness', { alsoFail: true }))

    await expect(pod).toLeaveEndpoints()
    await expect(pod).toStayUp({ for: '10s' })
  },
)

scenario('violates toRestart: a startup probe that never gives up', async ({ deploy, inject }) => {
  const app = await deploy(probes({ startup: 'exec', timing: { startup: { failureThreshold: 1_000 } } }), {
    traffic: false,
  })
  const pod = await app.pod()

  await inject(failProbe(pod, 'startup'))

  // Longer than one that gives up after five failures takes, the kubelet's back-off among it.
  await expect(pod).toRestart({ times: 1, within: '30s' })
})

scenario(
  'violates makes the promise at all: a container without a startup probe',
  async ({ deploy, inject }) => {
    const app = await deploy(probes(), { traffic: false })

    await inject(failProbe(await app.pod(), 'startup'))
  },
)
