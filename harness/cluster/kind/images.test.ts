import { expect, test } from 'vitest'
import { digestsIn, fullName } from './images.ts'

const digest = `sha256:${'0'.repeat(64)}`

test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.22', 'docker.io/library/nginx:1.22'],
  [`nginx@${digest}`, `docker.io/library/nginx@${digest}`],
  ['kindest/node', 'docker.io/kindest/node:latest'],
  ['kindest/node:v1.34.4', 'docker.io/kindest/node:v1.34.4'],
  ['ghcr.io/owner/app:1', 'ghcr.io/owner/app:1'],
  ['ghcr.io/owner/app', 'ghcr.io/owner/app:latest'],
  ['registry:5000/app', 'registry:5000/app:latest'],
  ['registry:5000/app:1', 'registry:5000/app:1'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/team/app:1', 'localhost:5000/team/app:1'],
  ['localhosts/app', 'docker.io/localhosts/app:latest'],
  ['docker.io/nginx', 'docker.io/library/nginx:latest'],
  ['docker.io/library/nginx:1.22', 'docker.io/library/nginx:1.22'],
])('containerd knows image %s as %s', (image, full) => {
  expect(fullName(image)).toBe(full)
})

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
