import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Clock } from '../cluster/clock.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { simulatedCluster } from '../cluster/simulated/provider.ts'
import { type Holder, holderOf } from './leases.ts'

let cluster: Cluster
let clock: Clock
beforeEach(async () => {
  cluster = await simulatedCluster({ name: 'test', nodes: 1, seed: 'leases' })
  clock = cluster.clock
})
afterEach(() => cluster[Symbol.asyncDispose]())

test.each<[string, Holder, (string | undefined)[]]>([
  ['is not renewed', 'a dead run', ['1', '1']],
  ['is renewed', 'a live run, on a machine whose clock differs', ['1', '2']],
  ['goes', 'nobody known', ['1', undefined]],
  ['comes', 'nobody known', [undefined, '1']],
])('a Lease that has run out and %s while it is looked at is that of %s', async (_, holder, versions) => {
  const renewTime = new Date(clock.epoch() - 3_600_000).toISOString()
  const next = [...versions]
  const seen = async () => {
    const version = next.shift()
    return version === undefined ? undefined : { renewTime, version, isKept: false }
  }
  expect(await holderOf(seen, clock)).toBe(holder)
})

test('what outlives its runs is that of whoever kept it, but while a run renews it', async () => {
  const kept = (renewTime?: string) => async () => ({
    version: '1',
    isKept: true,
    ...(renewTime && { renewTime }),
  })
  expect(await holderOf(kept(), clock)).toBe('whoever kept it')
  expect(await holderOf(kept(new Date(clock.epoch() - 3_600_000).toISOString()), clock)).toBe(
    'whoever kept it',
  )
  expect(await holderOf(kept(new Date(clock.epoch()).toISOString()), clock)).toBe('a live run')
})

test('one that was given up need not be watched', async () => {
  const looks: number[] = []
  const look = async () => {
    looks.push(clock.now())
    return { version: '1', isKept: true }
  }
  expect(await holderOf(look, clock)).toBe('whoever kept it')
  expect(looks).toHaveLength(1)
})

test('one that is out of reach is not taken for one that is not there', async () => {
  const away = () => Promise.reject(new Error('the API server is away'))
  await expect(holderOf(away, clock)).rejects.toThrow('away')
})
