import { deletePod, expect, scenario } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

scenario(
  'an app told to stop finishes its requests and exits 0 inside its grace period',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 3, quick: true }), { traffic: { path: '/slow?ms=300' } })
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toLeaveEndpoints()
    await expect(pod).toExit({ code: 0, within: '30s' })
    await expect(pod).toShutDownGracefully()
    await expect(pod).toBeReplaced()
    await expect(app).toRecover()
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)
