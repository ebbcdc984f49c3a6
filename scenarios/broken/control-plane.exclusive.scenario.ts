import { expect, killPod, scenario, stopControlPlane } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

scenario(
  'violates toStayUp: an app that falls ill while the API server is away',
  { deadline: '12m' },
  async ({ deploy, inject, hold }) => {
    const app = await deploy(webapl({ quick: true, failAfter: 30 }))

    const outage = await inject(stopControlPlane('kube-apiserver'))
    await hold('40s', 'the kubelets are on their own')
    await outage.revert()

    await expect(app).toStayUp()
  },
)

scenario(
  'violates toBeReplaced: a pod that is killed while the controller manager is away',
  { deadline: '12m' },
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ quick: true }))
    const pod = await app.pod()

    await inject(stopControlPlane('kube-controller-manager'))
    await inject(killPod(pod))

    await expect(pod).toBeReplaced({ within: '15s' })
  },
)

scenario(
  'violates toBeReplaced: a controller manager that was there all the while',
  { deadline: '12m' },
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ quick: true }))
    const pod = await app.pod()

    await inject(killPod(pod))

    await expect(pod).toBeReplaced({ notBefore: '15s', within: '90s' })
  },
)
