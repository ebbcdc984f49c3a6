import { expect, killContainer, scenario } from '@rolypoly/harness'
import { nginx } from '../charts/nginx/chart.ts'

scenario(
  'a container killed by SIGKILL comes back, with exit code 137 recorded',
  async ({ deploy, inject }) => {
    const app = await deploy(nginx({ replicas: 3 }))
    const pod = await app.pod()

    await inject(killContainer(pod, { signal: 'SIGKILL' }))

    await expect(pod).toRestart({ times: 1, exitCode: 137 })
    await expect(app).toRecover()
    await expect(app).toStayUp({ except: pod })
    await expect(app).toLoseRequests({ atMost: 0, of: 'others' })
  },
)
