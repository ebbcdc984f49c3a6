import { expect, test } from 'vitest'
import { foundIn } from './lifecycle.ts'

test('the clusters are those named as rolypoly names them, each by its oldest container', () => {
  const lines = [
    'rolypoly-0a1b2c3d\tworker\t2026-11-21 09:05:07 +0000 UTC',
    'rolypoly-0a1b2c3d\tcontrol-plane\t2026-11-21 09:05:00 +0000 UTC',
    'rolypoly-ffffffff\tworker\t2026-11-21 10:05:00 +0100 CET',
    'rolypoly-mydev\tcontrol-plane\t2026-11-21 09:05:00 +0000 UTC',
    'rolypoly-0a1b2c3d-mine\tcontrol-plane\t2026-11-21 09:05:00 +0000 UTC',
    'kind\tcontrol-plane\t2026-11-21 09:05:00 +0000 UTC',
    '',
  ]
  const createdMs = Date.UTC(2026, 10, 21, 9, 5)
  expect(foundIn(lines.join('\n'))).toEqual([
    { name: 'rolypoly-0a1b2c3d', createdMs, hasControlPlane: true },
    { name: 'rolypoly-ffffffff', createdMs, hasControlPlane: false },
  ])
})
