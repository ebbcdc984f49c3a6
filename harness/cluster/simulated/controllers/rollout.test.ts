import { expect, test } from 'vitest'
import type { ObjectOf } from '../store.ts'
import { limitsOf, rescale } from './rollout.ts'

const set = (name: string, replicas: number) =>
  ({
    metadata: { name, annotations: { 'deployment.kubernetes.io/max-replicas': '9' } },
    spec: { replicas, selector: {} },
  }) as ObjectOf<'ReplicaSet'>

const deployment = (replicas: number, maxSurge: number | string, maxUnavailable: number | string) => ({
  spec: {
    ...{ replicas, selector: {}, template: {} },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
  },
})

test('what rounding leaves goes to the largest', () => {
  const scaled = deployment(10, 0, 1)
  const scalings = rescale(scaled, limitsOf(scaled), set('c', 3), [set('a', 3), set('b', 3)])
  expect(scalings.reduce((sum, { to }) => sum + to, 0)).toBe(10)
  expect(scalings.map(({ to }) => to)).toEqual([4, 3, 3])
})

test.each([
  [3, '25%', '25%', { most: 4, leastAvailable: 3 }],
  [10, '30%', '30%', { most: 13, leastAvailable: 7 }],
  [3, 0, 0, { most: 3, leastAvailable: 2 }],
  [2, 0, 5, { most: 2, leastAvailable: 0 }],
  [0, 2, 1, { most: 0, leastAvailable: 0 }],
])('%i replicas, surge %s, unavailable %s', (replicas, surge, unavailable, expected) => {
  expect(limitsOf(deployment(replicas, surge, unavailable))).toMatchObject(expected)
})
