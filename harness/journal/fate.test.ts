import { expect, test } from 'vitest'
import { type Fate, fateOf } from './fate.ts'
import type { Holder } from './leases.ts'

const hourMs = 3_600_000
const owner = { host: 'here', pid: 7, started: '1' }
const entry = (parts: object) => ({
  ...{ cluster: 'c', kubeconfig: '/c', image: 'i', nodes: 3, kept: false, owner, since: '' },
  ...parts,
})
const found = (ageHours = 1) => ({ name: 'c', createdMs: -ageHours * hourMs, hasControlPlane: true })

test.each<[string, object | undefined, boolean, boolean, Fate]>([
  ['whose process lives', {}, true, true, 'of a live run'],
  ['whose process lives, and that is not made yet', {}, true, false, 'of a live run'],
  ['that a live process mends', { kept: true, mending: true }, true, true, 'being mended'],
  ['whose process is gone', {}, false, true, 'dead'],
  ['whose process is gone, and it too', {}, false, false, 'gone'],
  ['that was released', { kept: true, owner: null }, false, true, 'kept for reuse'],
  ['that was released, and is gone', { kept: true, owner: null }, false, false, 'gone'],
  ['that was to be kept, and its process died in it', { kept: true }, false, true, 'to be mended'],
  ['whose mender died', { kept: true, mending: true }, false, true, 'to be mended'],
  ['that nobody tells of', undefined, false, true, "perhaps another user's"],
])('a cluster %s', (_, parts, isOwned, isThere, fate) => {
  const known = {
    name: 'c',
    isOwned,
    ...(parts && { entry: entry(parts) }),
    ...(isThere && { found: found() }),
  }
  expect(fateOf(known, 0)).toBe(fate)
})

test.each<[Holder, number, Fate]>([
  ['a dead run', 0, 'dead'],
  ['a live run', 4, 'of a live run'],
  ['a live run, on a machine whose clock differs', 4, 'of a live run'],
  ['whoever kept it', 4, 'kept for reuse'],
  ['unknown', 400, 'out of reach'],
  ['nobody known', 2.9, "perhaps another user's"],
  ['nobody known', 3.1, 'dead'],
])(
  'one that no journal tells of, and whose Lease is held by %s, at the age of %d h',
  (holder, hours, fate) => {
    expect(fateOf({ name: 'c', isOwned: false, found: found(hours), holder }, 0)).toBe(fate)
  },
)

test('one that nobody tells of is dead once it is older than any run', () => {
  expect(fateOf({ name: 'c', isOwned: false, found: found(2.9) }, 0)).toBe("perhaps another user's")
  expect(fateOf({ name: 'c', isOwned: false, found: found(3.1) }, 0)).toBe('dead')
})
