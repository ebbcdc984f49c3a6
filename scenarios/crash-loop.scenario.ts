import { expect, failProbe, rollBack, rollOut, scenario } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

const quick = { replicas: 2, quick: true }
const app = { ...quick, preStopSleep: 3 }

scenario(
  'a version that fails at its start crash-loops after growing delays, while the old version serves',
  async ({ deploy, inject }) => {
    const shop = await deploy(webapl(app))

    await inject(rollOut(shop, webapl({ ...app, onStart: 'exit 1' })))
    const pod = await shop.newPod()
    await expect(pod).toLog('its configuration is broken', { previous: true })
    await expect(pod).toCrashLoop({ times: 3 })
    await inject(rollBack(shop))
    await expect(shop).toRollOut()

    await expect(shop).toKeepAvailable({ atLeast: 2 })
    await expect(shop).toLoseRequests({ atMost: 0 })
  },
)

scenario(
  'a container whose liveness fails after each start crash-loops, and is alone in it',
  async ({ deploy, inject }) => {
    const liveness = { initialDelaySeconds: 3, failureThreshold: 2 }
    // Not ready for so long after each start that it is seen.
    const readiness = { initialDelaySeconds: 2 }
    const probes = { liveness, readiness }
    const shop = await deploy(webapl({ ...quick, ...probes, onSigterm: 'exit 1' }), {
      traffic: false,
    })
    const pod = await shop.pod()

    const fault = await inject(failProbe(pod, 'liveness'))
    await expect(pod).toCrashLoop({ times: 3 })
    await fault.revert()

    await expect(shop).toStayUp({ except: pod })
  },
)
