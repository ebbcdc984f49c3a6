import { expect, test } from 'vitest'
import { existingOptions } from './existing.ts'

const none: Parameters<typeof existingOptions>[0] = {
  ...{
    cluster: 'auto',
    imagesPresent: false,
    allowNodeFaults: [],
    allowPrivileged: false,
    dryRun: false,
    keep: false,
  },
}

test('a context that is named means an existing cluster, of which 10 pods may be hurt at once', () => {
  expect(existingOptions({ ...none, context: 'stage' })).toMatchObject({ context: 'stage', atMostHurt: 10 })
  expect(existingOptions({ ...none, cluster: 'existing', atMostHurt: 2 })).toMatchObject({ atMostHurt: 2 })
})

test('without one, no existing cluster is meant', () => {
  expect(existingOptions(none)).toBeUndefined()
  expect(existingOptions({ ...none, cluster: 'kind' })).toBeUndefined()
})

test('what only an existing cluster has is refused of another', () => {
  const refused = () => existingOptions({ ...none, cluster: 'kind', allowNodeFaults: ['worker'] })
  expect(refused).toThrow('--allow-node-faults: is of an existing cluster, and none is named')
  expect(() => existingOptions({ ...none, cluster: 'simulated', context: 'a' })).toThrow('--context')
})

test('what only a cluster has that the run makes is refused of an existing one', () => {
  const both = { ...none, context: 'stage' }
  expect(() => existingOptions({ ...both, keep: true })).toThrow('--keep: is of a cluster that the run makes')
  expect(() => existingOptions({ ...both, nodeImage: 'kindest/node:v1.34.0' })).toThrow('--node-image')
})
