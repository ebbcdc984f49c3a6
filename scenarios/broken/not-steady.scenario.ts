import { fileURLToPath } from 'node:url'
import { deletePod, expect, scenario, yaml } from '@rolypoly/harness'
import { nginx } from '../../charts/nginx/behaviour.ts'

scenario(
  'inconclusive "0 of 2 replicas ready": a workload that never becomes steady',
  async ({ deploy, inject }) => {
    const manifest = fileURLToPath(new URL('manifests/never-ready.yaml', import.meta.url))
    const app = await deploy(yaml(manifest, { traffic: false, behaviours: { 'nginx:1.22': nginx } }), {
      steadyWithin: '15s',
    })
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toBeReplaced()
  },
)
