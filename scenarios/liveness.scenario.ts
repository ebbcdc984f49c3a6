import { expect, failProbe, scenario } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

scenario(
  'a container whose liveness endpoint fails is restarted in place, and only it',
  async ({ deploy, inject }) => {
    const app = await deploy(
      webapl({
        replicas: 3,
        readiness: { initialDelaySeconds: 1, periodSeconds: 1 },
        terminationGracePeriodSeconds: 10,
      }),
    )
    const pod = await app.pod()

    const fault = await inject(failProbe(pod, 'liveness'))
    await expect(pod).toRestart({ times: 1 })
    await fault.revert()

    await expect(app).toRecover()
    await expect(app).toStayUp({ except: pod })
    await expect(app).toKeepAvailable({ atLeast: 2 })
    await expect(app).toLoseRequests({ atMost: 0, of: 'others' })
  },
)
