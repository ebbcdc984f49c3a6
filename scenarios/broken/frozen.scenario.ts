import { expect, freezeContainer, scenario } from '@rolypoly/harness'
import { probes } from '../../charts/probes/chart.ts'
import { webapl } from '../../charts/webapl/chart.ts'

// As long as one takes whose liveness probe asks it over HTTP.
const within = '20s'

scenario('violates toRestart: an app that hangs and has no liveness probe', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 2, quick: true, liveness: false }), { traffic: false })
  const pod = await app.pod()

  await inject(freezeContainer(pod))

  await expect(pod).toLeaveEndpoints()
  await expect(pod).toRestart({ within })
})

scenario(
  'violates toRestart: a liveness probe over tcp, whose connections the kernel takes for an app that hangs',
  async ({ deploy, inject }) => {
    const app = await deploy(probes({ liveness: 'tcp' }), { traffic: false })
    const pod = await app.pod()

    await inject(freezeContainer(pod))

    await expect(pod).toLeaveEndpoints()
    await expect(pod).toRestart({ within })
  },
)

scenario(
  'violates toLeaveEndpoints: a readiness probe by a command that does not ask the app',
  async ({ deploy, inject }) => {
    const app = await deploy(probes({ readiness: 'exec', liveness: 'exec' }), { traffic: false })
    const pod = await app.pod()

    await inject(freezeContainer(pod))

    await expect(pod).toLeaveEndpoints()
  },
)

scenario(
  'violates toLoseRequests: an app that hangs, of which no probe tells its Service',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 2, quick: true, liveness: false, readiness: false }))
    const pod = await app.pod()

    await inject(freezeContainer(pod))

    await expect(app).toStayUp({ for: '5s' })
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)
