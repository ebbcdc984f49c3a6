import { expect, killPod, scenario } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

scenario('a killed pod is replaced, and leaves its Service at once', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 5, quick: true }))
  const pod = await app.pod()

  await inject(killPod(pod))

  await expect(pod).toLeaveEndpoints()
  await expect(pod).toBeReplaced()
  await expect(app).toRecover()
  await expect(app).toKeepAvailable({ atLeast: 4 })
  await expect(app).toStayUp({ except: pod })
})
