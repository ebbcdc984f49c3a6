import { expect, killContainer, scenario } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

scenario('violates toRestart: a pod whose restart policy is Never', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ barePod: 'Never', quick: true }), { traffic: false })
  const pod = await app.pod()

  await inject(killContainer(pod, { signal: 'SIGKILL' }))

  await expect(pod).toRestart({ times: 1, exitCode: 137 })
})

scenario(
  'violates toRestart: a container that ends by itself where SIGKILL was promised',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 2, quick: true, drain: 0 }), { traffic: false })
    const pod = await app.pod()

    await inject(killContainer(pod, { signal: 'SIGTERM' }))

    await expect(pod).toRestart({ times: 1, exitCode: 137 })
  },
)

scenario('violates toKeepAvailable: the one replica there is', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 1, quick: true }), { traffic: false })
  const pod = await app.pod()

  await inject(killContainer(pod, { signal: 'SIGKILL' }))

  await expect(pod).toRestart({ exitCode: 137 })
  await expect(app).toKeepAvailable({ atLeast: 1 })
})

scenario(
  'violates toRecover: an app that takes longer to get ready than was promised',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 1, quick: true, readyAfter: 12 }), { traffic: false })
    const pod = await app.pod()

    await inject(killContainer(pod, { signal: 'SIGKILL' }))

    await expect(pod).toRestart({ exitCode: 137 })
    await expect(app).toRecover({ within: '6s' })
  },
)

scenario('violates toHaveGapOf: the one replica there is, killed', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 1, quick: true }))
  const pod = await app.pod()

  await inject(killContainer(pod))

  await expect(pod).toRestart({ times: 1, exitCode: 137 })
  await expect(app).toHaveGapOf({ atMost: '300ms' })
})

scenario('violates toKeepLatency: an app slower than was promised', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 3, quick: true }), { traffic: { path: '/slow?ms=250' } })
  const pod = await app.pod()

  await inject(killContainer(pod))

  await expect(pod).toRestart({ times: 1, exitCode: 137 })
  await expect(app).toRecover()
  await expect(app).toKeepLatency({ p50: '200ms' })
})
