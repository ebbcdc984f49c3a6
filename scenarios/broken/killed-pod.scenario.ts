import { deletePod, expect, killPod, scenario } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

scenario('violates toBeReplaced: a killed pod that nothing owns', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ barePod: 'Always', quick: true }), { traffic: false })
  const pod = await app.pod()

  await inject(killPod(pod))

  await expect(pod).toBeReplaced()
  await expect(pod).toLeaveEndpoints()
})

scenario(
  'violates toLeaveEndpoints: a stopping pod that its Service lists as ready to the end',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 2, quick: true, publishNotReadyAddresses: true, drain: 8 }), {
      traffic: false,
    })
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toLeaveEndpoints()
    await expect(pod).toBeReplaced()
  },
)

scenario(
  'violates toBeReplaced: a quota that has no room for another pod beside one that stops',
  async ({ deploy, inject }) => {
    const stops = {
      replicas: 2,
      quick: true,
      onSigterm: 'ignore',
      terminationGracePeriodSeconds: 25,
    } as const
    const chart = webapl(stops)
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'pods' },
      spec: { hard: { pods: '2' } },
    }
    const app = await deploy({ ...chart, objects: [quota, ...chart.objects] }, { traffic: false })
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toLeaveEndpoints()
    await expect(pod).toBeReplaced()
  },
)
