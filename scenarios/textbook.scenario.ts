import { expect, rollOut, scenario } from '@rolypoly/harness'
import { webapl } from '../charts/webapl/chart.ts'

const small = { replicas: 1 }
const quiet = { traffic: false } as const

scenario(
  'an app that is ready from 20 s and ill from 40 s on is ready, and restarted, when its probes can tell',
  async ({ deploy, inject }) => {
    const app = await deploy(webapl({ ...small, quick: true }), quiet)

    // Liveness D=3 P=5 and readiness D=15 P=6; nothing but the app itself fails.
    const times = { readyAfter: 20, failAfter: 40, terminationGracePeriodSeconds: 5 }
    const textbook = webapl({ ...small, ...times, cache: 'an emptyDir' })
    await inject(rollOut(app, textbook, { readyAfter: '20s', illAfter: '40s' }))
    const pod = await app.newPod()

    await expect(pod).toBecomeReady()
    await expect(pod).toRestart({ times: 1, exitCode: 0 })
    await expect(pod).toHaveEvents(['Started', 'Unhealthy', 'Killing', 'Started'], { container: 'webapl' })
    await expect(pod).toLog('exit 0', { previous: true })
    // Its own filesystem is a new one, and the volume of its pod is not.
    await expect(pod).toLog('starts so far: 1 by /tmp, 2 by /tmp/cache')
  },
)
