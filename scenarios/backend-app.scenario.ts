import { deletePod, exhaustMemory, expect, rollOut, scenario } from '@rolypoly/harness'
import { backendApp, backendDatabase } from '../charts/backend-app/chart.ts'

/** Its containers have requests and limits. */
const limited = { needs: ['pod.resources' as const] }
const [container, sidecar, ambassador] = ['backend', 'log-shipper', 'ambassador']

scenario(
  'a container beyond its memory limit is killed for it and restarted in place, its neighbours untouched',
  limited,
  async ({ deploy, inject }) => {
    await deploy(backendDatabase())
    const app = await deploy(backendApp())
    const pod = await app.pod()

    await inject(exhaustMemory(pod, { container }))

    await expect(pod).toRestart({ times: 1, reason: 'OOMKilled', exitCode: 137, container })
    await expect(app).toRecover()
    await expect(pod).toStayUp({ container: sidecar })
    await expect(pod).toStayUp({ container: ambassador })
    await expect(app).toLoseRequests({ atMost: 0, of: 'others' })
  },
)

scenario(
  'a preStop hook runs before SIGTERM, and native sidecars outlive the app',
  limited,
  async ({ deploy, inject }) => {
    await deploy(backendDatabase())
    const app = await deploy(backendApp({ preStopSeconds: 4 }))
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toExit({ code: 0, container })
    await expect(pod).toOutlive({ container: ambassador, of: container })
    await expect(pod).toOutlive({ container: sidecar, of: container })
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)

scenario(
  'an app that ignores SIGTERM is killed once its preStop hook and it have spent the grace period',
  limited,
  async ({ deploy, inject }) => {
    await deploy(backendDatabase())
    const app = await deploy(
      backendApp({ onSigterm: 'ignore', preStopSeconds: 4, terminationGracePeriodSeconds: 8 }),
    )
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toExit({ code: 137, container })
    await expect(app).toRecover()
  },
)

scenario(
  'a changed ConfigMap rolls out where the chart has its checksum in the template',
  limited,
  async ({ deploy, inject }) => {
    await deploy(backendDatabase())
    const app = await deploy(backendApp())

    await inject(rollOut(app, backendApp({ greeting: 'good morning' })))

    await expect(app).toRollOut()
    await expect(app).toLoseRequests({ atMost: 0 })
  },
)
