import { expect, test } from 'vitest'
import { digestsIn } from './images.ts'

const digest = `sha256:${'0'.repeat(64)}`

test("what each name means is read from containerd's list", () => {
  const head = 'REF TYPE DIGEST SIZE PLATFORMS LABELS \n'
  const row = (name: string, of = digest) =>
    `${name}   application/vnd.oci.image.manifest.v1+json ${of} 110.8 MiB linux/amd64 io.cri-containerd.image=managed \n`
  expect(digestsIn(head)).toEqual(new Map())
  expect(digestsIn('')).toEqual(new Map())
  expect(digestsIn(head + row('docker.io/library/app:1') + row('rolypoly.dev/loaded:1', 'sha256:1'))).toEqual(
    new Map([
      ['docker.io/library/app:1', digest],
      ['rolypoly.dev/loaded:1', 'sha256:1'],
    ]),
  )
})
