import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Cluster } from '../cluster/cluster.ts'
import type { KubeObject, NodeObject } from '../cluster/kube.ts'
import { addTaint, cordon } from '../cluster/node-marks.ts'
import { simulatedCluster } from '../cluster/simulated/provider.ts'
import { actJournal, openActs } from './acts.ts'
import { mendCluster } from './mend.ts'
import { ownCache } from './testing.ts'

ownCache()
const name = 'rolypoly-1'
const machines = [`${name}-control-plane`, `${name}-worker`, `${name}-worker2`]
const [, worker = ''] = machines
const ref = { apiVersion: 'v1', kind: 'Node', name: worker }

let cluster: Cluster
beforeEach(async () => {
  const simulated = await simulatedCluster({ name, nodes: 3, seed: 'mend' })
  // What a script finds on a machine is told in kind/mend-node.test.ts.
  cluster = { ...simulated, nodes: { ...simulated.nodes, exec: async () => '' } }
})
afterEach(() => cluster[Symbol.asyncDispose]())

const dockersWord = { running: 'running', paused: 'paused', stopped: 'exited' }
const found = () =>
  Promise.all(machines.map(async (node) => ({ node, status: dockersWord[await cluster.nodes.state(node)] })))
const mended = (nodeCount = machines.length) => mendCluster(cluster, nodeCount, found)

const begin = (does: string, object?: KubeObject) =>
  actJournal(name, 'dead').begin({ does, target: `Node/${worker}`, ...(object && { object }) })
const make = (namespace: string, labels = {}) =>
  cluster.kube.create<KubeObject>({
    ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
  })

/** What is said of the node. */
async function ready() {
  const node = await cluster.kube.get<NodeObject>(ref)
  return node?.status?.conditions?.find(({ type }) => type === 'Ready')
}
/** Long enough for a node to be missed. */
const missedMs = 60_000

test('of a cluster that is well nothing is undone', async () => {
  await make('shop')
  expect(await mended()).toEqual([])
  expect(await cluster.kube.get({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' })).toBeDefined()
})

test.each([
  ['off is turned on', 'stop', `turned ${worker} on`],
  ['frozen goes on', 'pause', `let ${worker} go on`],
] as const)('a machine that is %s, and its node is Ready again', async (_, act, sentence) => {
  await cluster.nodes[act](worker)
  await cluster.clock.sleep(missedMs)
  expect(await ready()).toMatchObject({ status: 'Unknown' })
  expect(await mended()).toEqual([sentence])
  expect(await ready()).toMatchObject({ status: 'True' })
})

test('what was said of a machine before it was off does not count', async () => {
  await cluster.clock.sleep(missedMs)
  await cluster.nodes.stop(worker)
  const beganMs = cluster.clock.epoch()
  expect(await ready()).toMatchObject({ status: 'True' })
  await mended()
  const { lastHeartbeatTime = '' } = (await ready()) ?? {}
  expect(Date.parse(lastHeartbeatTime)).toBeGreaterThanOrEqual(Math.floor(beganMs / 1_000) * 1_000)
})

test('a Node that was deleted is made as the journal has it, and the journal has nothing more to tell', async () => {
  const metadata = { name: worker, labels: { shelf: 'top' } }
  const object = { apiVersion: 'v1', kind: 'Node', metadata, spec: { podCIDR: '10.9.0.0/24' } }
  await begin('deleteNode', object)
  await begin('deletePod', { apiVersion: 'v1', kind: 'Pod', metadata: { name: worker } })
  await cluster.kube.delete(ref)
  expect(await mended()).toEqual([`made Node/${worker} again`])
  expect(await cluster.kube.get(ref)).toMatchObject({
    ...{ metadata: { labels: { shelf: 'top' } }, spec: { podCIDR: '10.9.0.0/24' } },
  })
  expect(await openActs(name)).toEqual([])
})

test('one that the journal does not have registers itself', async () => {
  await cluster.kube.delete(ref)
  expect(await mended()).toEqual([`made Node/${worker} again`])
  expect(await ready()).toMatchObject({ status: 'True' })
})

test('the marks on Nodes and the namespaces of a dead run go', async () => {
  await cordon(cluster.kube, worker, 'rolypoly-a')
  await addTaint(cluster.kube, worker, { key: 'k', value: 'v', effect: 'NoSchedule' }, 'rolypoly-a')
  await make('rolypoly-a', { 'app.kubernetes.io/managed-by': 'rolypoly' })
  expect(await mended()).toEqual([
    `uncordoned Node/${worker}`,
    expect.stringContaining(`Node/${worker}`),
    'deleted Namespace/rolypoly-a',
  ])
  const { spec } = (await cluster.kube.get<NodeObject>(ref)) ?? {}
  expect([spec?.unschedulable, spec?.taints ?? []]).toEqual([undefined, []])
  expect(await mended()).toEqual([])
})

test('what the dead run had asked for and is done only now, is undone at the second look', async () => {
  await begin('cordonNode')
  let looks = 0
  const undone = await mendCluster(cluster, 3, async () => {
    if (++looks === 2) await cordon(cluster.kube, worker, 'rolypoly-a')
    return found()
  })
  expect([looks, undone]).toEqual([2, [`uncordoned Node/${worker}`]])
})

test('a cluster that lacks a machine is given up at once', async () => {
  const beganMs = cluster.clock.now()
  await expect(mended(4)).rejects.toThrow('Cluster rolypoly-1: 3 of its 4 machines are there')
  expect(cluster.clock.now() - beganMs).toBeLessThan(1_000)
})

test('one that does not get well is an error, and its acts stay open', async () => {
  await begin('cordonNode')
  // Somebody else's cordon has no mark: it is not for us to undo.
  await cluster.kube.patch(ref, { spec: { unschedulable: true } })
  await expect(mended()).rejects.toThrow(`Cluster rolypoly-1: is not healthy: Node/${worker}: is cordoned`)
  expect(await openActs(name)).toHaveLength(1)
})
