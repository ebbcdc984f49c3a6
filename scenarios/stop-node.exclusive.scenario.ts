import { expect, scenario, stopNode } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

scenario(
  "a stopped node's pods leave their Service after its grace, and are replaced on another",
  async ({ deploy, inject }) => {
    // Kubernetes' own toleration is 300 s.
    const app = await deploy(webapl({ replicas: 4, quick: true, tolerationSeconds: 5 }))
    const pod = await app.pod()

    const fault = await inject(stopNode(pod))
    await expect(pod).toLeaveEndpoints()
    await expect(pod).toBeReplaced({ onAnotherNode: true })
    await expect(app).toRecover()
    await fault.revert()
  },
)
