import { expect, freezeContainer, scenario } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

scenario(
  'an app that hangs leaves its Service, and is killed and started anew by its liveness probe',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 3, quick: true, terminationGracePeriodSeconds: 4 }))
    const pod = await app.pod()

    await inject(freezeContainer(pod))

    await expect(pod).toLeaveEndpoints()
    // It does not hear SIGTERM: the whole grace period passes.
    await expect(pod).toRestart({ times: 1, exitCode: 137 })
    await expect(app).toRecover()
    await expect(app).toStayUp({ except: pod })
    await expect(app).toLoseRequests({ atMost: 0, of: 'others' })
  },
)

scenario(
  'an app that hangs and has no liveness probe is left alone, and back in its Service once it goes on',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 2, quick: true, liveness: false }))
    const pod = await app.pod()

    const fault = await inject(freezeContainer(pod))
    await expect(pod).toLeaveEndpoints()
    await fault.revert()

    await expect(pod).toJoinEndpoints()
    await expect(app).toStayUp()
    await expect(app).toLoseRequests({ atMost: 0, of: 'others' })
  },
)
