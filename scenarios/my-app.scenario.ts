import { deletePod, expect, failDependency, rollBack, rollOut, scenario } from '@rolypoly/harness'
import { myApp } from '../charts/my-app/chart.ts'
import { redis } from '../charts/my-app/redis.ts'

scenario(
  'an app whose database is away is taken out of its endpoints, is not restarted, and comes back with it',
  async ({ deploy, inject }) => {
    const database = await deploy(redis())
    const app = await deploy(myApp(), { traffic: false })
    const pod = await app.pod()

    const fault = await inject(failDependency(app, database))
    await expect(pod).toLeaveEndpoints()
    await expect(app).toStayUp()
    await fault.revert()

    await expect(pod).toJoinEndpoints()
    await expect(app).toRecover()
    await expect(app).toKeepItsAddress()
  },
)

scenario(
  'an app is started once its init container has found the database, and is ready once it is connected',
  async ({ deploy, inject, hold }) => {
    const database = await deploy(redis())
    const app = await deploy(myApp({ waits: true }), { traffic: false })
    const pod = await app.pod()

    const fault = await inject(failDependency(app, database))
    await inject(deletePod(pod))
    await hold('8s', 'without the database, the replacement waits')
    await fault.revert()

    await expect(pod).toBeReplaced({ within: '60s' })
    await expect(app).toStartInOrder({ after: 'wait-for-database' })
  },
)

scenario(
  'a version whose init container fails is never ready, and stalls with the old one serving',
  async ({ deploy, inject }) => {
    const version = { waits: true, preStopSleep: 3, progressDeadlineSeconds: 20 }
    await deploy(redis())
    const app = await deploy(myApp(version))

    // It tries for longer than the kubelet needs to see it run.
    await inject(rollOut(app, myApp({ ...version, database: 'nowhere', tries: 6 })))
    await expect(app).toStallRollOut()
    await expect(app).toStartInOrder()
    await inject(rollBack(app))
    await expect(app).toRollOut()

    await expect(app).toKeepAvailable({ atLeast: 2 })
    await expect(app).toStayUp()
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)

scenario(
  'an app that is told to stop finishes its requests, lets its database go and exits 0',
  async ({ deploy, inject }) => {
    await deploy(redis())
    const app = await deploy(myApp({ replicas: 3 }), { traffic: { path: '/slow?ms=300' } })
    const pod = await app.pod()

    await inject(deletePod(pod))

    // It exits 0 only once its connection to the database is closed.
    await expect(pod).toShutDownGracefully()
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)

scenario(
  'a rolling update of an app with a database and its roll-back lose no request',
  async ({ deploy, inject }) => {
    const version = { preStopSleep: 3 }
    await deploy(redis())
    const app = await deploy(myApp({ ...version, version: '1' }))

    await inject(rollOut(app, myApp({ ...version, version: '2' })))
    await expect(app).toRollOut()
    await inject(rollBack(app))
    await expect(app).toRollOut()

    await expect(app).toKeepAvailable({ atLeast: 2 })
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)
