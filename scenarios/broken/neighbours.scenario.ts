import { expect, killPod, scenario } from '@rolypoly/harness'
import { kubia } from '../../charts/kubia/chart.ts'

scenario(
  'violates toStayUp: a neighbour of the same names that is hurt as well',
  async ({ deploy, inject }) => {
    const app = await deploy(kubia({ replicas: 2 }), { traffic: false })
    const neighbour = await deploy(kubia({ replicas: 2 }), { namespace: 'neighbour', traffic: false })
    const pod = await app.pod()

    await inject(killPod(pod))
    await inject(killPod(await neighbour.pod()))

    await expect(app).toStayUp({ except: pod })
    await expect(neighbour).toStayUp()
  },
)
