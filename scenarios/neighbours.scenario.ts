import { deletePod, expect, killPod, scenario } from '@rolypoly/harness'
import { kubia } from '../charts/kubia/chart.ts'
import { podQuota } from '../charts/quota.ts'

scenario(
  'a fault in one namespace does not touch a workload of the same names and labels in another',
  async ({ deploy, inject }) => {
    const app = await deploy(kubia({ replicas: 2 }), { traffic: false })
    const neighbour = await deploy(kubia({ replicas: 2 }), { namespace: 'neighbour' })
    const pod = await app.pod()

    await inject(killPod(pod))

    await expect(pod).toBeReplaced()
    await expect(app).toStayUp({ except: pod })
    await expect(neighbour).toStayUp()
    await expect(neighbour).toKeepAvailable({ atLeast: 2 })
    await expect(neighbour).toKeepItsAddress()
    await expect(neighbour).toLoseRequests({ atMost: 0 })
  },
)

scenario(
  'a quota that is full holds a replacement up until the pod that stops is gone, and that of no neighbour',
  async ({ deploy, inject }) => {
    const app = await deploy(podQuota(2, kubia({ replicas: 2, drain: 6 })), { traffic: false })
    const chart = kubia({ replicas: 2, drain: 6 })
    const neighbour = await deploy(chart, { namespace: 'neighbour', traffic: false })
    const [held, free] = [await app.pod(), await neighbour.pod()]

    await Promise.all([inject(deletePod(held)), inject(deletePod(free))])

    await expect(free).toBeReplaced()
    await expect(held).toBeReplaced({ notBefore: '5s', within: '60s' })
  },
)
