import { expect, test } from 'vitest'
import { fullName } from './image.ts'

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
])('image %s means %s', (image, full) => {
  expect(fullName(image)).toBe(full)
})
