import { deletePod, expect, scenario } from '@rolypoly/harness'
import { webapl } from '../../charts/webapl/chart.ts'

scenario('violates toExit: an app that ignores SIGTERM', async ({ deploy, inject }) => {
  const app = await deploy(
    webapl({ replicas: 2, quick: true, onSigterm: 'ignore', terminationGracePeriodSeconds: 3 }),
    { traffic: false },
  )
  const pod = await app.pod()

  await inject(deletePod(pod))

  await expect(pod).toExit({ code: 0 })
  await expect(pod).toBeReplaced()
})

scenario('violates toLoseRequests: an app that drops what is in flight', async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 2, quick: true, onSigterm: 'exit 1' }), {
    traffic: { path: '/slow?ms=400' },
  })
  const pod = await app.pod()

  await inject(deletePod(pod))

  await expect(pod).toExit({ code: 1 })
  await expect(app).toLoseRequests({ atMost: 0 })
})

scenario('violates toExit: a preStop hook longer than the grace period', async ({ deploy, inject }) => {
  const hook = { preStopSleep: 20, preStopBy: 'exec' } as const
  const patient = { replicas: 2, quick: true, ...hook, terminationGracePeriodSeconds: 3, drain: 10 }
  const app = await deploy(webapl(patient), { traffic: false })
  const pod = await app.pod()

  await inject(deletePod(pod))

  await expect(pod).toExit({ code: 0 })
  await expect(pod).toBeReplaced()
})

scenario('violates toExit: a shell as process 1 that passes no signal on', async ({ deploy, inject }) => {
  const app = await deploy(
    webapl({ replicas: 2, quick: true, underShell: true, terminationGracePeriodSeconds: 3 }),
    { traffic: false },
  )
  const pod = await app.pod()

  await inject(deletePod(pod))

  await expect(pod).toExit({ code: 0 })
  await expect(pod).toBeReplaced()
})
