import { expect, pauseNode, scenario } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

scenario(
  'a node that is frozen for 15 s keeps its containers, and its place in the Service',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ replicas: 4, quick: true }))
    const pod = await app.pod()

    const fault = await inject(pauseNode(pod))
    await expect(app).toStayUp({ for: '15s' })
    await fault.revert()

    await expect(app).toKeepAvailable({ atLeast: 4 })
  },
)
