import { expect, test } from 'vitest'
import { leastRole } from '../../harness/cluster/existing/rbac.ts'
import { withoutOne } from './without-one.ts'

const rules = leastRole({ allowNodeFaults: ['worker'] })

test('two of what every run needs and one of what a scenario needs are taken, the same for the same seed', () => {
  for (let seed = 0; seed < 50; seed++) {
    const taken = withoutOne(rules, seed)
    expect(taken.map(({ rule }) => rule.needed)).toEqual(['run', 'run', 'use'])
    expect(new Set(taken.map(({ permission }) => permission)).size).toBe(3)
    expect(withoutOne(rules, seed)).toEqual(taken)
  }
})

test('another seed takes others', () => {
  const drawn = new Set([1, 2, 3, 4].map((seed) => JSON.stringify(withoutOne(rules, seed))))
  expect(drawn.size).toBeGreaterThan(1)
})
