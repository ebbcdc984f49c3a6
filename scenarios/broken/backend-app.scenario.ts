import { deletePod, exhaustMemory, expect, killContainer, rollOut, scenario } from '@rolypoly/harness'
import { backendApp, backendDatabase } from '../../charts/backend-app/chart.ts'

const limited = { needs: ['pod.resources' as const] }
const container = 'backend'

scenario(
  'violates toRestart: a container that is killed while it has memory enough',
  limited,
  async ({ deploy, inject }) => {
    await deploy(backendDatabase())
    const app = await deploy(backendApp())
    const pod = await app.pod()

    await inject(killContainer(pod, { container }))

    await expect(pod).toRestart({ times: 1, reason: 'OOMKilled', container })
  },
)

scenario('violates toStayUp: a container beyond its memory limit', limited, async ({ deploy, inject }) => {
  await deploy(backendDatabase())
  const app = await deploy(backendApp())
  const pod = await app.pod()

  await inject(exhaustMemory(pod, { container: 'ambassador' }))

  await expect(pod).toStayUp({ container })
  await expect(pod).toStayUp({ container: 'ambassador' })
})

scenario(
  'violates toOutlive: a sidecar that is an ordinary container',
  limited,
  async ({ deploy, inject }) => {
    await deploy(backendDatabase())
    const app = await deploy(backendApp({ nativeSidecars: false }))
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toExit({ code: 0, container })
    await expect(pod).toOutlive({ container: 'log-shipper', of: container })
  },
)

scenario(
  'violates toExit: an app that ignores SIGTERM behind a preStop hook',
  limited,
  async ({ deploy, inject }) => {
    await deploy(backendDatabase())
    const app = await deploy(
      backendApp({ onSigterm: 'ignore', preStopSeconds: 2, terminationGracePeriodSeconds: 5 }),
    )
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toExit({ code: 0, container })
  },
)

scenario(
  'error "has the template that it has": a changed ConfigMap of which the template has no checksum',
  limited,
  async ({ deploy, inject }) => {
    await deploy(backendDatabase())
    const app = await deploy(backendApp({ rollOutOnConfigChange: false }))

    await inject(rollOut(app, backendApp({ rollOutOnConfigChange: false, greeting: 'good morning' })))

    await expect(app).toRollOut()
  },
)
