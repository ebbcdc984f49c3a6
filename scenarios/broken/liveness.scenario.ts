import { expect, failProbe, scenario } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

scenario(
  'violates makes the promise at all: a container without a liveness probe',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 2, quick: true, liveness: false }), { traffic: false })
    const pod = await app.pod()

    await inject(failProbe(pod, 'liveness'))

    await expect(pod).toRestart({ times: 1 })
  },
)

scenario('violates toRestart: a liveness probe that never gives up', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 2, quick: true, liveness: { failureThreshold: 1_000 } }), {
    traffic: false,
  })
  const pod = await app.pod()

  await inject(failProbe(pod, 'liveness'))

  await expect(pod).toRestart({ times: 1, within: '10s' })
})

scenario(
  'violates toStayUp: a liveness probe that asks what another pod needs too',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 2, quick: true, liveness: { failureThreshold: 2 } }), {
      traffic: false,
    })
    const [pod, other] = await app.pods()
    if (!pod || !other) throw new Error('two pods were deployed')

    // What the second pod's liveness depends on fails along with the first.
    await inject(failProbe(other, 'liveness'))
    await inject(failProbe(pod, 'liveness'))

    await expect(pod).toRestart({ times: 1 })
    await expect(app).toStayUp({ except: pod })
  },
)

scenario(
  'violates toRestart: a stop so slow that the restart comes later than was promised',
  async ({ deploy, inject }) => {
    const app = await deploy(
      webapl({ replicas: 2, quick: true, onSigterm: 'ignore', terminationGracePeriodSeconds: 20 }),
    )
    const pod = await app.pod()

    await inject(failProbe(pod, 'liveness'))

    await expect(pod).toRestart({ within: '10s' })
    await expect(app).toKeepAvailable({ atLeast: 1 })
  },
)
