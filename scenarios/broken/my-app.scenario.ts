import { deletePod, expect, failDependency, scenario } from '@rolypoly/harness'
import { myApp } from '../../charts/my-app/chart.ts'
import { redis } from '../../charts/my-app/redis.ts'

scenario('violates toStayUp: a liveness probe that asks for the database', async ({ deploy, inject }) => {
  const database = await deploy(redis())
  const app = await deploy(myApp({ livenessPath: '/ready' }), { traffic: false })

  await inject(failDependency(app, database))

  await expect(app).toStayUp()
})

scenario('violates toLeaveEndpoints: an app without a readiness probe', async ({ deploy, inject }) => {
  const database = await deploy(redis())
  const app = await deploy(myApp({ readiness: false }), { traffic: false })
  const pod = await app.pod()

  await inject(failDependency(app, database))

  await expect(pod).toLeaveEndpoints()
  await expect(app).toStayUp()
})

scenario(
  'violates toStartInOrder: an app that nothing makes wait for its database',
  async ({ deploy, inject }) => {
    await deploy(redis())
    const app = await deploy(myApp(), { traffic: false })
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toBeReplaced()
    await expect(app).toStartInOrder({ after: 'wait-for-database' })
  },
)

scenario('violates toBeReplaced: an app that was started as a bare Pod', async ({ deploy, inject }) => {
  await deploy(redis())
  const app = await deploy(myApp({ barePod: true }), { traffic: false })
  const pod = await app.pod()

  await inject(deletePod(pod))

  await expect(pod).toExit({ code: 0 })
  await expect(pod).toBeReplaced()
})
