import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Cluster } from '../cluster/cluster.ts'
import type { KubeObject, NodeObject } from '../cluster/kube.ts'
import { addTaint, cordon, uncordon } from '../cluster/node-marks.ts'
import { simulatedCluster } from '../cluster/simulated/provider.ts'
import { holdCluster } from './cluster-lease.ts'
import { holdLeases } from './leases.ts'
import { sweepContext } from './sweep-context.ts'
import { withLeases } from './testing.ts'

let cluster: Cluster
beforeEach(async () => {
  const simulated = await simulatedCluster({ name: 'test', nodes: 1, seed: 'leases' })
  cluster = { ...simulated, kube: withLeases(simulated.kube) }
})
afterEach(() => cluster[Symbol.asyncDispose]())

const managed = { 'app.kubernetes.io/managed-by': 'rolypoly', 'rolypoly.dev/run': 'r1' }

async function make(name: string, labels: Record<string, string> = managed): Promise<void> {
  await cluster.kube.create<KubeObject>({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })
}

test("a dead run's namespace goes once its Lease has run out, and not before", async () => {
  const { kube, clock } = cluster
  await make('rolypoly-a')
  const leases = holdLeases('r1', clock)
  await leases.hold(kube, 'rolypoly-a')
  await leases.release()
  expect(await sweepContext(kube, clock)).toEqual({
    ...{ undone: [], left: [] },
    spared: ['Namespace/rolypoly-a: its run r1 is alive'],
  })
  await clock.sleep(95_000)
  const undone = ['deleted Namespace/rolypoly-a, whose run r1 is dead']
  expect(await sweepContext(kube, clock)).toEqual({ undone, spared: [], left: [] })
})

test('a Lease that is held is renewed for as long as it is', async () => {
  const { kube, clock } = cluster
  await make('rolypoly-a')
  const leases = holdLeases('r1', clock)
  await leases.hold(kube, 'rolypoly-a')
  await clock.sleep(300_000)
  expect((await sweepContext(kube, clock)).undone).toEqual([])
  await leases.release()
})

test('one that is renewed while it is looked at is spared, whatever its time says', async () => {
  const { kube, clock } = cluster
  await make('rolypoly-a')
  const behind = { ...clock, epoch: () => clock.epoch() - 3_600_000, sleep: clock.sleep.bind(clock) }
  const leases = holdLeases('r1', behind as never)
  await leases.hold(kube, 'rolypoly-a')
  await clock.sleep(5_000)
  const swept = await sweepContext(kube, clock)
  expect(swept.spared).toEqual([
    'Namespace/rolypoly-a: its run r1 is alive, on a machine whose clock differs',
  ])
  await leases.release()
})

test('one without a Lease is given as long, from its creation on', async () => {
  const { kube, clock } = cluster
  await make('rolypoly-a')
  expect((await sweepContext(kube, clock)).undone).toEqual([])
  await clock.sleep(95_000)
  expect((await sweepContext(kube, clock)).undone).toHaveLength(1)
})

test("what is not a run's, or is marked as hands off, stays", async () => {
  const { kube, clock } = cluster
  await make('shop', { 'app.kubernetes.io/managed-by': 'Helm' })
  await make('shop-2')
  await make('rolypoly-own', { team: 'toys' })
  await make('rolypoly-b', { ...managed, 'rolypoly.dev/hands-off': 'true' })
  await clock.sleep(95_000)
  expect(await sweepContext(kube, clock)).toEqual({
    ...{ undone: [], left: [] },
    spared: ['Namespace/rolypoly-b: carries the label rolypoly.dev/hands-off'],
  })
})

test('what dead runs did to a node is undone, and nothing that a live one did', async () => {
  const { kube, clock } = cluster
  const node = 'test-control-plane'
  for (const name of ['rolypoly-dead', 'rolypoly-live']) await make(name)
  const leases = holdLeases('r1', clock)
  await leases.hold(kube, 'rolypoly-live')
  await cordon(kube, node, 'rolypoly-dead')
  for (const by of ['dead', 'live', 'gone'])
    await addTaint(kube, node, { key: by, effect: 'PreferNoSchedule' }, `rolypoly-${by}`)
  await clock.sleep(95_000)
  const { undone, left } = await sweepContext(kube, clock)
  expect(undone).toEqual([
    'deleted Namespace/rolypoly-dead, whose run r1 is dead',
    `uncordoned Node/${node}`,
    `took the taint dead:PreferNoSchedule from Node/${node}`,
    `took the taint gone:PreferNoSchedule from Node/${node}`,
  ])
  expect(left).toEqual([])
  const now = await kube.get<NodeObject>({ apiVersion: 'v1', kind: 'Node', name: node })
  expect(now?.spec?.unschedulable).toBeUndefined()
  const keys = now?.spec?.taints?.map(({ key }) => key)
  expect([keys?.includes('live'), keys?.includes('dead'), keys?.includes('gone')]).toEqual([
    true,
    false,
    false,
  ])
  await leases.release()
})

test("nothing is undone in a kind cluster while the run that made it lives: its scenarios' namespaces have no Lease", async () => {
  const { kube, clock } = cluster
  await make('rolypoly-a')
  await cordon(kube, 'test-control-plane', 'rolypoly-gone')
  const held = await holdCluster(kube, true, clock)
  await clock.sleep(600_000)
  expect(await sweepContext(kube, clock)).toEqual({
    ...{ undone: [], left: [] },
    spared: ["Namespace/rolypoly-a: the cluster is of a live run's own making"],
  })
  await held.release()
  expect((await sweepContext(kube, clock)).undone).toEqual([
    'deleted Namespace/rolypoly-a, whose run r1 is dead',
    'uncordoned Node/test-control-plane',
  ])
})

test('what was done to a node while the Leases were looked at stays', async () => {
  const { kube, clock } = cluster
  const node = 'test-control-plane'
  await make('rolypoly-dead')
  await clock.sleep(95_000)
  await cordon(kube, node, 'rolypoly-dead')
  const sweeping = sweepContext(kube, clock)
  await clock.sleep(10_000)
  // An administrator takes the cordon back and makes one; a live run, whose namespace is new, taints.
  await uncordon(kube, node)
  await kube.patch({ apiVersion: 'v1', kind: 'Node', name: node }, { spec: { unschedulable: true } })
  await addTaint(kube, node, { key: 'new', effect: 'PreferNoSchedule' }, 'rolypoly-new')
  expect((await sweeping).undone).toEqual(['deleted Namespace/rolypoly-dead, whose run r1 is dead'])
  const now = await kube.get<NodeObject>({ apiVersion: 'v1', kind: 'Node', name: node })
  expect(now?.spec?.unschedulable).toBe(true)
  expect(now?.spec?.taints?.map(({ key }) => key)).toContain('new')
})
