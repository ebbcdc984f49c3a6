import { expect, failProbe, rollOut, scenario } from '@rolypoly/harness'
import { probes } from '../charts/probes/chart.ts'
import { webapl } from '../charts/webapl/chart.ts'

// The kubelet tells of every answer from 300 to 399, and of no more than 25 things of a pod in five minutes.
const slowly = { periodSeconds: 2 }
// Not ready for so long after a start that it is seen, and for no slow stop before it.
const seen = { initialDelaySeconds: 2, failureThreshold: 10 }

scenario(
  'a readiness probe that is answered 399 has succeeded, and one that is answered 400 has failed',
  async ({ deploy, inject }) => {
    // One failure is enough: a busy kubelet's second one may come sooner than a period later.
    const readiness = { ...slowly, failureThreshold: 1 }
    const parts = { answers: { readiness: 399 }, timing: { readiness } }
    const app = await deploy(probes({ replicas: 1, ...parts }), { traffic: false })
    const pod = await app.pod()

    const fault = await inject(failProbe(pod, 'readiness', { with: { status: 400 } }))
    await expect(pod).toLeaveEndpoints()
    await fault.revert()

    await expect(pod).toJoinEndpoints()
  },
)

scenario(
  'a liveness probe that is answered 399 has succeeded, and one that is answered 400 has failed',
  async ({ deploy, inject }) => {
    const parts = { answers: { liveness: 399 }, timing: { liveness: slowly, readiness: seen } }
    const app = await deploy(probes(parts), { traffic: false })
    const pod = await app.pod()

    await inject(failProbe(pod, 'liveness', { with: { status: 400 } }))
    await expect(pod).toRestart({ times: 1 })

    await expect(app).toStayUp({ except: pod })
  },
)

scenario(
  'a version that starts slowly is not killed for that while its startup probe asks',
  async ({ deploy, inject }) => {
    const app = await deploy(probes({ replicas: 1 }), { traffic: false })

    // Its liveness alone would have it killed 5 to 9 s after its start.
    const slow = { startAfter: 13, startup: 'http', timing: { startup: { failureThreshold: 20 } } } as const
    await inject(rollOut(app, probes({ replicas: 1, ...slow })))
    const pod = await app.newPod()

    await expect(app).toRollOut()
    await expect(pod).toStayUp()
  },
)

scenario(
  'a pod is ready again only after as many successes as its readiness wants',
  async ({ deploy, inject }) => {
    const readiness = { periodSeconds: 2, failureThreshold: 1, successThreshold: 4 }
    const app = await deploy(probes({ replicas: 1, timing: { readiness } }), { traffic: false })
    const pod = await app.pod()

    const fault = await inject(failProbe(pod, 'readiness'))
    await expect(pod).toLeaveEndpoints()
    await fault.revert()

    // The first of four, 2 s apart, comes after the revert.
    await expect(pod).toJoinEndpoints({ notBefore: '5.5s' })
  },
)

scenario("a liveness probe's own grace period takes the place of the pod's", async ({ deploy, inject }) => {
  const app = await deploy(
    webapl({
      ...{ replicas: 1, quick: true, onSigterm: 'ignore', terminationGracePeriodSeconds: 60 },
      liveness: { terminationGracePeriodSeconds: 3 },
      readiness: seen,
    }),
    { traffic: false },
  )
  const pod = await app.pod()

  const fault = await inject(failProbe(pod, 'liveness'))
  await expect(pod).toRestart({ times: 1, exitCode: 137 })
  await fault.revert()
})
