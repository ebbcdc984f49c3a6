import { expect, killPod, scenario, stopControlPlane } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

scenario(
  'an API server that is away for 30 s restarts no container and costs no request',
  { deadline: '12m' },
  async ({ deploy, inject, hold }) => {
    const app = await deploy(webapl({ quick: true }))

    const outage = await inject(stopControlPlane('kube-apiserver'))
    await hold('30s', 'the API server is away')
    await outage.revert()

    await expect(app).toStayUp()
    await expect(app).toKeepAvailable({ atLeast: 3 })
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)

scenario(
  'while the controller manager is away a killed pod is not replaced, and is once it is back',
  { deadline: '12m' },
  async ({ deploy, inject, hold }) => {
    const app = await deploy(webapl({ quick: true }))
    const pod = await app.pod()

    const outage = await inject(stopControlPlane('kube-controller-manager'))
    await inject(killPod(pod))
    await hold('15s', 'nobody replaces it')
    await outage.revert()

    await expect(pod).toBeReplaced({ notBefore: '15s', within: '90s' })
    await expect(app).toRecover({ within: '90s' })
  },
)
