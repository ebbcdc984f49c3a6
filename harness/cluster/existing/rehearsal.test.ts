import { expect, test } from 'vitest'
import { simulatedCluster } from '../simulated/provider.ts'
import type { ExistingAccess } from './cluster.ts'
import { rehearsalOn } from './rehearsal.ts'

async function rehearse(parts: Partial<ExistingAccess> = {}) {
  const simulated = await simulatedCluster({ name: 'simulated', nodes: 2, seed: 'rehearsal' })
  return rehearsalOn(simulated, {
    ...{ context: 'stage', run: 'r1', writableNodes: [], allowPrivileged: false, imagesPresent: false },
    ...parts,
  })
}
const labels = { 'rolypoly.dev/run': 'r1' }
const node = { apiVersion: 'v1', kind: 'Node', name: 'simulated-worker' }

test('it can no more than the existing cluster can, and than the simulated one', async () => {
  await using cluster = await rehearse()
  expect([...cluster.capabilities]).toEqual([])
  await using privileged = await rehearse({ allowPrivileged: true })
  expect([...privileged.capabilities]).toEqual(['probe.intercept'])
})

test('it has the fence of the existing one, and notes what goes through it', async () => {
  await using cluster = await rehearse()
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', name: 'x' }
  await expect(cluster.kube.delete(pod)).rejects.toThrow('nothing was written')
  await cluster.kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'rolypoly-a', labels } })
  expect(cluster.rehearsal?.made).toEqual(['Namespace/rolypoly-a'])
  expect(cluster.rehearsal?.permissions).toEqual([{ verb: 'create', apiGroup: '', resource: 'namespaces' }])
})

test('where a node may be hurt there, its own may', async () => {
  await using cluster = await rehearse()
  await expect(cluster.kube.patch(node, { spec: { unschedulable: true } })).rejects.toThrow('nothing was')
  await using allowed = await rehearse({ writableNodes: ['gke-1234'] })
  await allowed.kube.patch(node, { spec: { unschedulable: true } })
})

test('images that are built here are refused as there', async () => {
  await using cluster = await rehearse()
  const supply = { built: [{ name: 'my-app:dev', context: '.' }], used: [], behaviours: {} }
  await expect(cluster.provideImages(supply)).rejects.toThrow('Image my-app:dev: is built on this machine')
  await using present = await rehearse({ imagesPresent: true })
  await present.provideImages(supply)
})
