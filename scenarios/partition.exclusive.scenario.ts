import { expect, partitionNode, scenario } from '@rolypoly/harness'
import { lostNodeToleration } from '../charts/toleration.ts'
import { webapl } from '../charts/webapl/chart.ts'

scenario(
  'pods of a node that is cut off from the API server serve on, are replaced elsewhere, and stop once they hear of it',
  { deadline: '12m' },
  async ({ deploy, inject, hold }) => {
    const app = await deploy(webapl({ replicas: 4, quick: true, ...lostNodeToleration() }))
    const pod = await app.pod()

    const fault = await inject(partitionNode(pod))
    await expect(pod).toLeaveEndpoints()
    await expect(pod).toBeReplaced({ onAnotherNode: true })
    await expect(app).toRecover()
    await fault.revert()

    await expect(pod).toExit({ code: 0 })
    await hold('3s', 'the pod goes')
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)
