import { expect, scale, scenario } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

scenario(
  'violates toRecover: a quota that has no room for the pods of a larger size',
  async ({ deploy, inject }) => {
    const chart = webapl({ replicas: 2, quick: true })
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'pods' },
      spec: { hard: { pods: '3' } },
    }
    const app = await deploy({ ...chart, objects: [quota, ...chart.objects] }, { traffic: false })

    await inject(scale(app, { to: 4 }))

    await expect(app).toRecover()
    await expect(app).toKeepAvailable({ atLeast: 2 })
  },
)

scenario(
  'violates toLoseRequests: a smaller size for an app that drops what is in flight',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 4, quick: true, onSigterm: 'exit 1' }), {
      traffic: { path: '/slow?ms=400' },
    })

    await inject(scale(app, { to: 2 }))

    await expect(app).toRecover()
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)
