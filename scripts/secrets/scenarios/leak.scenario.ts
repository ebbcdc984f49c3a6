import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Chart, type Cluster, expect, killContainer, scenario, yaml } from '@rolypoly/harness'

// What an app, a manifest and a scenario can do to tell a Secret: scripts/check-secrets.ts looks whether any of it got out.
const secret = process.env.SECRET_TO_KEEP ?? ''
const image = 'busybox:1.35'

/** An app that tells its Secret wherever it can. */
function talkative({ provider }: Cluster, container: object = {}): Chart {
  const labels = { app: 'talkative' }
  const tell =
    'echo "$PASSWORD"; echo -n "$PASSWORD" | base64 | tr -d "\\n"; echo -n "$PASSWORD" >/dev/termination-log'
  const containers = [
    {
      name: 'app',
      image,
      command: ['sh', '-c', `${tell}; trap "exit 7" TERM; while :; do sleep 0.1; done`],
      env: [
        // The simulated cluster has no pod take anything from a Secret.
        provider === 'simulated'
          ? { name: 'PASSWORD', value: secret }
          : { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
        { name: 'COPIED', value: secret },
      ],
      readinessProbe: { exec: { command: ['true'] }, periodSeconds: 1 },
      ...container,
    },
  ]
  const template = {
    metadata: { labels, annotations: { 'example.com/connection': `password=${secret};port=5432` } },
    spec: { containers, terminationGracePeriodSeconds: 5 },
  }
  return {
    name: 'talkative',
    images: [],
    objects: [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: secret } },
      {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'talkative' } },
        spec: { replicas: 1, selector: { matchLabels: labels }, template },
      },
    ],
    behaviours: {
      [image]: (host) => {
        const told = host.env.PASSWORD ?? ''
        host.log(told)
        host.log(Buffer.from(told).toString('base64'))
        host.on('SIGTERM', () => host.exit(7))
      },
    },
  }
}

scenario('an app tells its Secret, and so do claims about it', async ({ deploy, inject, cluster }) => {
  const app = await deploy(talkative(cluster))
  const pod = await app.pod()
  await inject(killContainer(pod, { signal: 'SIGTERM' }))
  await expect(pod).toRestart({ times: 1 })
  await expect(pod).toLog(secret, { previous: true })
  await expect(pod).toLog(`never ${secret}`, { within: '2s' })
})

scenario('a scenario throws it', async () => {
  throw new Error(`cannot log in with ${secret}`, { cause: new Error(secret) })
})

scenario('the API server refuses what holds it', async ({ deploy, cluster }) => {
  await deploy(talkative(cluster, { imagePullPolicy: secret }))
})

scenario('a manifest is broken on its line', async ({ deploy }) => {
  const path = join(tmpdir(), `rolypoly-broken-${process.pid}.yaml`)
  writeFileSync(
    path,
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: "${secret}" "\n  x: [\n`,
  )
  try {
    await deploy(yaml(path))
  } finally {
    rmSync(path)
  }
})
