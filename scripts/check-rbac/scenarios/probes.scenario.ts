import { expect, failProbe, scenario } from '@rolypoly/harness'
import { webapl } from '../../../charts/webapl/chart.ts'

// What is asked of the API server is looked at, and not how fast the machine is.
const within = '1m'

scenario('a probe fails, by a privileged pod on the node', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 1, quick: true, drain: 0 }), { traffic: false })
  const pod = await app.pod()
  const fault = await inject(failProbe(pod, 'readiness'))
  await expect(pod).toLeaveEndpoints({ within })
  await fault.revert()
  await expect(app).toRecover({ within })
})
