import { expect, failProbe, scenario } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

scenario(
  'violates toLeaveEndpoints: a Service that lists pods whether they are ready or not',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 2, quick: true, publishNotReadyAddresses: true }), {
      traffic: false,
    })
    const pod = await app.pod()

    await inject(failProbe(pod, 'readiness'))

    await expect(pod).toLeaveEndpoints()
  },
)

scenario(
  'violates toStayUp: a liveness probe that asks just what readiness asks',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 2, quick: true, readinessPath: '/healthz' }), {
      traffic: false,
    })
    const pod = await app.pod()

    await inject(failProbe(pod, 'readiness', { alsoFail: true }))

    await expect(pod).toLeaveEndpoints()
    await expect(pod).toStayUp({ for: '10s' })
  },
)

scenario(
  'violates makes the promise at all: a container without a readiness probe',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 2, quick: true, readiness: false }), { traffic: false })

    await inject(failProbe(await app.pod(), 'readiness'))
  },
)

scenario(
  'violates toLeaveEndpoints: a readiness probe that takes longer to give up than was promised',
  async ({ deploy, inject }) => {
    const slow = { periodSeconds: 5, failureThreshold: 4 }
    const app = await deploy(webapl({ replicas: 2, quick: true, readiness: slow }))
    const pod = await app.pod()

    await inject(failProbe(pod, 'readiness'))

    await expect(pod).toLeaveEndpoints({ within: '5s' })
    await expect(pod).toStayUp()
  },
)
