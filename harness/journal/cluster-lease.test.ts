import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Cluster } from '../cluster/cluster.ts'
import type { Kube } from '../cluster/kube.ts'
import { simulatedCluster } from '../cluster/simulated/provider.ts'
import { clusterLease, holdCluster } from './cluster-lease.ts'
import { holderOf, type LeaseObject, type SeenLease, seen } from './leases.ts'
import { withLeases } from './testing.ts'

let cluster: Cluster
let kube: Kube
beforeEach(async () => {
  cluster = await simulatedCluster({ name: 'test', nodes: 1, seed: 'cluster lease' })
  kube = withLeases(cluster.kube)
})
afterEach(() => cluster[Symbol.asyncDispose]())

async function look(): Promise<SeenLease | undefined> {
  const lease = await kube.get<LeaseObject>(clusterLease)
  return lease && seen(lease)
}

/** Dies as a process does: what it renews with is stopped, and nothing is taken away. */
async function holdAndDie(kept = false): Promise<void> {
  const lost = { ...cluster.clock, sleep: () => new Promise<never>(() => undefined) }
  await holdCluster(kube, kept, { ...lost, epoch: () => cluster.clock.epoch() } as never)
}

test('a cluster is held by a Lease that is renewed', async () => {
  const { clock } = cluster
  const held = await holdCluster(kube, false, clock)
  expect((await kube.get<LeaseObject>(clusterLease))?.spec?.holderIdentity).toMatch(
    new RegExp(`_${process.pid}$`),
  )
  await clock.sleep(600_000)
  expect(await holderOf(look, clock)).toBe('a live run')
  await held.release()
})

test('one whose run died is known to be dead once its Lease has run out, and not before', async () => {
  const { clock } = cluster
  await holdAndDie()
  await clock.sleep(85_000)
  expect(await holderOf(look, clock)).toBe('a live run')
  await clock.sleep(10_000)
  expect(await holderOf(look, clock)).toBe('a dead run')
})

test('a kept one says so once it is released, and where its run died in it', async () => {
  const { clock } = cluster
  const held = await holdCluster(kube, true, clock)
  await held.release()
  expect(await holderOf(look, clock)).toBe('whoever kept it')
  await holdAndDie(true)
  expect(await holderOf(look, clock)).toBe('a live run')
  await clock.sleep(95_000)
  expect(await holderOf(look, clock)).toBe('whoever kept it')
})

test("one that the next run has taken already stays that one's", async () => {
  const { clock } = cluster
  const held = await holdCluster(kube, true, clock)
  const spec = { holderIdentity: 'elsewhere_1' }
  await kube.patch(clusterLease, { spec })
  await held.release()
  expect((await kube.get<LeaseObject>(clusterLease))?.spec).toMatchObject(spec)
  expect(await holderOf(look, clock)).toBe('a live run')
})

test('a Lease that cannot be given up when the cluster is released hinders nobody', async () => {
  const { clock } = cluster
  const held = await holdCluster(kube, true, clock)
  kube.patch = () => Promise.reject(new Error('the API server is away'))
  await held.release()
})
