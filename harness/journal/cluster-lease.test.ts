import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Cluster } from '../cluster/cluster.ts'
import type { Kube, KubeObject } from '../cluster/kube.ts'
import { simulatedCluster } from '../cluster/simulated/provider.ts'
import { freeCluster, holdCluster } from './cluster-lease.ts'
import { holderOf, type SeenLease } from './leases.ts'
import { withLeases } from './testing.ts'

let cluster: Cluster
let kube: Kube
beforeEach(async () => {
  cluster = await simulatedCluster({ name: 'test', nodes: 1, seed: 'cluster lease' })
  kube = withLeases(cluster.kube)
})
afterEach(() => cluster[Symbol.asyncDispose]())

const ref = {
  ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-system', name: 'rolypoly' },
}
type Lease = KubeObject & { spec: { renewTime: string; holderIdentity: string } }

async function look(): Promise<SeenLease | undefined> {
  const lease = await kube.get<Lease>(ref)
  return lease && { renewTime: lease.spec.renewTime, version: lease.metadata?.resourceVersion ?? '' }
}

/** Dies as a process does: what it renews with is stopped, and nothing is taken away. */
async function holdAndDie(): Promise<void> {
  const lost = { ...cluster.clock, sleep: () => new Promise<never>(() => undefined) }
  await holdCluster(kube, { ...lost, epoch: () => cluster.clock.epoch() } as never)
}

test('a cluster is held by a Lease that is renewed, until it is released and nobody has it', async () => {
  const { clock } = cluster
  const held = await holdCluster(kube, clock)
  expect((await kube.get<Lease>(ref))?.spec.holderIdentity).toMatch(new RegExp(`_${process.pid}$`))
  await clock.sleep(600_000)
  expect(await holderOf(look, clock)).toBe('a live run')
  await held.release()
  expect(await look()).toBeUndefined()
})

test('one whose run died is known to be dead once its Lease has run out, and not before', async () => {
  const { clock } = cluster
  await holdAndDie()
  await clock.sleep(85_000)
  expect(await holderOf(look, clock)).toBe('a live run')
  await clock.sleep(10_000)
  expect(await holderOf(look, clock)).toBe('a dead run')
})

test('one whose run died is free for a later one once it was mended', async () => {
  const { clock } = cluster
  await holdAndDie()
  await clock.sleep(95_000)
  await freeCluster(kube)
  const held = await holdCluster(kube, clock)
  expect(await holderOf(look, clock)).toBe('a live run')
  await held.release()
})

test('a Lease that cannot be taken away when it is released hinders nobody', async () => {
  const { clock } = cluster
  const held = await holdCluster(kube, clock)
  kube.delete = () => Promise.reject(new Error('the API server is away'))
  await held.release()
})
