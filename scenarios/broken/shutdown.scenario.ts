import { deletePod, expect, scenario } from '@rolypoly/harness'
import { nginx } from '../../charts/nginx/chart.ts'
import { webapl } from '../../charts/webapl/chart.ts'

const traffic = { path: '/slow?ms=300', requestsPerSecond: 100 }
/** So long that something is in flight at the end of the grace period, though the prober itself has to wait for a CPU. */
const longer = { ...traffic, path: '/slow?ms=600' }
/** Its Service lists a pod as ready for as long as the pod exists, and so goes on routing to one that stops. */
const routedToTheEnd = { publishNotReadyAddresses: true }

scenario(
  'violates toShutDownGracefully: an app that stops listening at SIGTERM',
  async ({ deploy, inject }) => {
    const app = await deploy(
      webapl({ replicas: 2, quick: true, onSigterm: 'stop listening', ...routedToTheEnd }),
      { traffic },
    )
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toExit({ code: 0 })
    await expect(pod).toShutDownGracefully()
  },
)

scenario('violates toShutDownGracefully: an app that ignores SIGTERM', async ({ deploy, inject }) => {
  const ignores = webapl({
    replicas: 2,
    quick: true,
    onSigterm: 'ignore',
    terminationGracePeriodSeconds: 4,
  })
  const app = await deploy(ignores, { traffic: longer })
  const pod = await app.pod()

  await inject(deletePod(pod))

  await expect(pod).toLeaveEndpoints()
  await expect(pod).toShutDownGracefully()
})

scenario(
  'violates toShutDownGracefully: an app that only calls server.close() under keep-alive load',
  async ({ deploy, inject }) => {
    const closes = webapl({
      replicas: 2,
      quick: true,
      onSigterm: 'only close',
      terminationGracePeriodSeconds: 4,
    })
    const app = await deploy(closes, { traffic: longer })
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toLeaveEndpoints()
    await expect(pod).toShutDownGracefully()
  },
)

scenario(
  'violates toShutDownGracefully: no preStop behind a slow endpoint removal',
  async ({ deploy, inject }) => {
    const hasty = webapl({ replicas: 2, quick: true, drain: 0, ...routedToTheEnd })
    const app = await deploy(hasty, { traffic: { ...traffic, path: '/' } })
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toExit({ code: 0 })
    await expect(pod).toShutDownGracefully()
  },
)

scenario('violates toShutDownGracefully: nginx under SIGTERM', async ({ deploy, inject }) => {
  const app = await deploy(nginx({ replicas: 2, slow: true, stopSignal: 'SIGTERM' }))
  const pod = await app.pod()

  await inject(deletePod(pod))

  await expect(pod).toExit({ code: 0 })
  await expect(pod).toShutDownGracefully()
})

scenario(
  'violates toShutDownGracefully: nginx under SIGQUIT finishes what is in flight, and takes nothing new',
  async ({ deploy, inject }) => {
    const app = await deploy(nginx({ replicas: 2, slow: true, ...routedToTheEnd }))
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toExit({ code: 0 })
    await expect(pod).toShutDownGracefully()
  },
)
