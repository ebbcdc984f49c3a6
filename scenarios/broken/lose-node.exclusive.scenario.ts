import { expect, scenario, stopKubelet, stopNode } from '@rolypoly/harness'
import { isNightly } from '../../charts/toleration.ts'
import { webapl } from '../../charts/webapl/chart.ts'

scenario(
  'violates toBeReplaced: pods that are bound to a lost node for ever',
  { deadline: '12m' },
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 2, quick: true, tolerationSeconds: 'for ever' }), {
      traffic: false,
    })
    const pod = await app.pod()

    await inject(stopNode(pod))

    await expect(pod).toLeaveEndpoints()
    // As long as pods that are bound to it for 5 s take, or for Kubernetes' own 300 s.
    await expect(pod).toBeReplaced({ within: isNightly() ? '380s' : '80s' })
  },
)

scenario(
  'violates toLeaveEndpoints: a Service that lists pods of which nobody has heard',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 2, quick: true, publishNotReadyAddresses: true }), {
      traffic: false,
    })
    const pod = await app.pod()

    await inject(stopKubelet(pod))

    await expect(pod).toLeaveEndpoints()
  },
)
