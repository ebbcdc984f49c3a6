import { deletePod, expect, scenario } from '@rolypoly/harness'
import { myApp } from '../charts/my-app/chart.ts'
import { redis } from '../charts/my-app/redis.ts'

scenario(
  'an app that is told to stop finishes its requests, lets its database go and exits 0',
  async ({ deploy, inject }) => {
    await deploy(redis())
    const app = await deploy(myApp({ replicas: 3 }), { traffic: { path: '/slow?ms=300' } })
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toShutDownGracefully()
    await expect(pod).toBeReplaced()
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)
