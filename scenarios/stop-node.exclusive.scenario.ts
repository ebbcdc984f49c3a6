import { expect, scenario, stopNode } from '@rolypoly/harness'
import { kubia } from '../charts/kubia/chart.ts'
import { lostNodeTolerations } from '../charts/toleration.ts'

scenario(
  "a stopped node's pods leave their Service after its grace, and are replaced on another",
  { deadline: '12m' },
  async ({ deploy, inject }) => {
    const app = await deploy(kubia({ replicas: 5, ...lostNodeTolerations() }))
    const pod = await app.pod()

    const fault = await inject(stopNode(pod))
    await expect(pod).toLeaveEndpoints()
    await expect(pod).toBeReplaced({ onAnotherNode: true })
    await expect(app).toRecover()
    await fault.revert()
  },
)
