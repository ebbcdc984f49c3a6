import { fileURLToPath } from 'node:url'
import { deletePod, expect, scenario, yaml } from '@rolypoly/harness'

// What a user may get wrong, and must be told in one sentence; each title says which words that sentence holds.
const mistakes = {
  'not-yaml.yaml': 'is not YAML',
  'unknown-field.yaml': 'replcias',
  'selects-nothing.yaml': 'matches no pod',
  'unknown-port.yaml': '"htpp", which the container does not declare',
  'no-such-image.yaml': 'its image cannot be had',
  'no-such-file.yaml': 'there is no such file',
}

for (const [file, words] of Object.entries(mistakes)) {
  scenario(`error "${words}": ${file}`, async ({ deploy, inject }) => {
    const app = await deploy(
      yaml(fileURLToPath(new URL(`manifests/${file}`, import.meta.url)), { traffic: false }),
    )
    const pod = await app.pod()

    await inject(deletePod(pod))

    await expect(pod).toBeReplaced()
  })
}
