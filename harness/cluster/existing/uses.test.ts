import { expect, test } from 'vitest'
import type { Kube, KubeObject } from '../kube.ts'
import { tellPermission } from './rbac.ts'
import { noteUses, resourceOf } from './uses.ts'

const kube = new Proxy({} as Kube, { get: () => async () => undefined })
const web: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } }
const pod = { namespace: 'a', name: 'web', container: 'app' }

test('what is asked for is noted as permissions, each once', async () => {
  const noted = noteUses(kube)
  await noted.kube.apply(web)
  await noted.kube.apply(web)
  await noted.kube.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'prober' } })
  await noted.kube.get({ apiVersion: 'v1', kind: 'Service', name: 'web' })
  await noted.kube.list({ apiVersion: 'v1', kind: 'Event' })
  await noted.kube.watch(
    { apiVersion: 'v1', kind: 'Event' },
    '1',
    () => undefined,
    new AbortController().signal,
  )
  await noted.kube.patch({ apiVersion: 'v1', kind: 'Node', name: 'w1' }, {})
  await noted.kube.delete({ apiVersion: 'v1', kind: 'Pod', name: 'web' })
  await noted.kube.evict(pod)
  await noted.kube.exec(pod, [])
  await noted.kube.logs(pod)
  await noted.kube.followLogs(pod, () => undefined, new AbortController().signal)
  await noted.kube.raw('/version')
  expect(noted.uses.permissions.map(tellPermission)).toEqual([
    ...['patch deployments.apps', 'create deployments.apps', 'create pods', 'get services', 'list events'],
    ...[
      'watch events',
      'patch nodes',
      'delete pods',
      'create pods/eviction',
      'get pods/exec',
      'get pods/log',
    ],
  ])
  expect(noted.uses.made).toEqual(['Deployment/web', 'Pod/prober'])
})

test('what only is checked is not made', async () => {
  const noted = noteUses(kube)
  await noted.kube.apply(web, { dryRun: true })
  expect(noted.uses.made).toEqual([])
})

test('the resource of a kind', () => {
  const kinds = ['Pod', 'NetworkPolicy', 'Ingress', 'EndpointSlice', 'Endpoints', 'StorageClass']
  expect(kinds.map(resourceOf)).toEqual([
    ...['pods', 'networkpolicies', 'ingresses', 'endpointslices', 'endpoints', 'storageclasses'],
  ])
})
