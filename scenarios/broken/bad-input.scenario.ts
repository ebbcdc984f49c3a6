import { fileURLToPath } from 'node:url'
import { deletePod, expect, killContainer, scenario, yaml } from '@rolypoly/harness'
import { nginx } from '../../charts/nginx/behaviour.ts'
import { webapl } from '../../charts/webapl/chart.ts'

// What a user may get wrong, and must be told in one sentence; each title says which words that sentence holds.
const mistakes = {
  'not-yaml.yaml': 'is not YAML',
  'unknown-field.yaml': 'replcias',
  'selects-nothing.yaml': 'matches no pod',
  'unknown-port.yaml': '"htpp", which the container does not declare',
  'no-such-image.yaml': 'its image cannot be had',
  'no-such-file.yaml': 'there is no such file',
}

const behaviours = { 'nginx:1.22': nginx, 'rolypoly-no-such-image:1.0': 'does not exist' as const }

for (const [file, words] of Object.entries(mistakes)) {
  scenario(`error "${words}": ${file}`, async ({ deploy, inject }) => {
    const app = await deploy(
      yaml(fileURLToPath(new URL(`manifests/${file}`, import.meta.url)), { traffic: false, behaviours }),
    )
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toBeReplaced()
  })
}

scenario(
  'error "is another by now": a fault on a pod whose name belongs to another by now',
  async ({ deploy, inject, hold, cluster }) => {
    const app = await deploy(webapl({ quick: true, barePod: 'Always', drain: 0 }), { traffic: false })
    const pod = await app.pod()
    const { name, namespace } = pod
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name }
    await cluster.kube.delete(ref)
    while (await cluster.kube.get(ref)) await hold('200ms', 'the pod goes')
    await cluster.kube.apply({ ...pod.object, metadata: { name, namespace, labels: { app: 'webapl' } } })
    await hold('1s', 'the other pod is seen')

    await inject(killContainer(pod))

    await expect(pod).toRestart()
  },
)
