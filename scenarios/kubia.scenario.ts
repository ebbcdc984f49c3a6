import { deletePod, expect, killPod, scenario } from '@rolypoly/harness'
import { kubia } from '../charts/kubia/chart.ts'

scenario('five replicas are five again after two of them are killed at once', async ({ deploy, inject }) => {
  const app = await deploy(kubia({ replicas: 5 }), { traffic: false })
  const killed = (await app.pods()).slice(0, 2)

  await Promise.all(killed.map((pod) => inject(killPod(pod))))

  for (const pod of killed) await expect(pod).toBeReplaced()
  await expect(app).toRecover()
  await expect(app).toConverge()
  await expect(app).toKeepAvailable({ atLeast: 3 })
  await expect(app).toStayUp({ except: killed })
})

scenario(
  'a Service keeps its address while every pod behind it is replaced by another',
  async ({ deploy, inject }) => {
    const app = await deploy(kubia({ replicas: 3, drain: 1 }), { traffic: false })
    const pods = await app.pods()

    await Promise.all(pods.map((pod) => inject(deletePod(pod))))

    // How fast so many start at once is the machine's affair.
    for (const pod of pods) await expect(pod).toBeReplaced({ within: '45s' })
    await expect(app).toKeepItsAddress()
  },
)
