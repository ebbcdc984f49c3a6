import { expect, failProbe, rollOut, scenario } from '@rolypoly/harness'
import { probes } from '../../charts/probes/chart.ts'
import { webapl } from '../../charts/webapl/chart.ts'

const small = { replicas: 1 }
const quiet = { traffic: false } as const

scenario(
  'violates toRestart: a liveness probe that waits longer for its answers than was promised',
  async ({ deploy, inject }) => {
    const timing = { liveness: { timeoutSeconds: 8 } }
    const app = await deploy(probes({ ...small, liveness: 'exec', timing }), quiet)
    const pod = await app.pod()

    await inject(failProbe(pod, 'liveness', { with: 'silence' }))

    await expect(pod).toRestart({ within: '12s' })
  },
)

scenario(
  'violates toStayUp: a liveness endpoint that answers 400, which is no success',
  async ({ deploy, inject }) => {
    const answers = { liveness: 400, readiness: 399 }
    // Long enough after its start that it is another fault's time.
    const timing = { liveness: { initialDelaySeconds: 20 }, readiness: { periodSeconds: 2 } }
    const app = await deploy(probes({ ...small, answers, timing }), quiet)
    const pod = await app.pod()

    await inject(failProbe(pod, 'readiness', { with: { status: 400 } }))

    await expect(pod).toLeaveEndpoints()
    await expect(pod).toStayUp({ for: '25s' })
  },
)

scenario(
  'error "status 399 fails no probe": a probe that is to fail by a success',
  async ({ deploy, inject }) => {
    const app = await deploy(probes(small), quiet)

    await inject(failProbe(await app.pod(), 'readiness', { with: { status: 399 } }))
  },
)

scenario(
  'violates toStayUp: a version that starts slowly, without a startup probe',
  async ({ deploy, inject }) => {
    const app = await deploy(probes(small), quiet)

    await inject(rollOut(app, probes({ ...small, startAfter: 13 })))
    const pod = await app.newPod()

    await expect(pod).toStayUp({ for: '20s' })
  },
)

scenario(
  'violates toJoinEndpoints: a readiness probe to which one success is enough',
  async ({ deploy, inject }) => {
    const readiness = { periodSeconds: 1, failureThreshold: 1 }
    const app = await deploy(probes({ ...small, timing: { readiness } }), quiet)
    const pod = await app.pod()

    const fault = await inject(failProbe(pod, 'readiness'))
    await expect(pod).toLeaveEndpoints()
    await fault.revert()

    await expect(pod).toJoinEndpoints({ notBefore: '5.5s' })
  },
)

scenario(
  "violates toRestart: a liveness probe whose own grace period is longer than the pod's",
  async ({ deploy, inject }) => {
    const app = await deploy(
      webapl({
        ...{ ...small, quick: true, onSigterm: 'ignore', terminationGracePeriodSeconds: 3 },
        liveness: { terminationGracePeriodSeconds: 60 },
      }),
      quiet,
    )
    const pod = await app.pod()

    await inject(failProbe(pod, 'liveness'))

    await expect(pod).toRestart({ within: '15s' })
  },
)
