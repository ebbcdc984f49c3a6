import { describe, expect, test } from 'vitest'
import type { Kube, KubeObject } from '../kube.ts'
import { KubeError } from '../kube-error.ts'
import { type Fence, fenced } from './fence.ts'

const clusterWide = ['ClusterRole', 'ClusterRoleBinding', 'PersistentVolume', 'Node', 'Namespace']

/** Writes down each call in the place of an API server, which says of a namespace what it was made as. */
function behind(parts: Partial<Fence> = {}, answers: Partial<Kube> = {}) {
  const sent: string[] = []
  const note =
    (verb: string) =>
    async (ref: { kind: string; name?: string; metadata?: { name?: string } }, options?: object) => {
      const uid = options && 'uid' in options ? ` uid ${options.uid}` : ''
      sent.push(`${verb} ${ref.kind ?? 'Pod'}/${ref.name ?? ref.metadata?.name}${uid}`)
      return { ...ref, metadata: { ...ref.metadata, uid: 'u1' } }
    }
  const verbs = ['apply', 'create', 'get', 'list', 'patch', 'delete', 'evict', 'exec'] as const
  const kube = {
    ...Object.fromEntries(verbs.map((verb) => [verb, note(verb)])),
    isNamespaced: async (_: string, kind: string) => !clusterWide.includes(kind),
    ...answers,
  } as unknown as Kube
  const fence = { run: 'r1', writableNodes: ['worker'], allowPrivileged: false, ...parts }
  return { kube: fenced(kube, fence), sent }
}
const namespaceOf = (name: string, run = 'r1') =>
  ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'rolypoly.dev/run': run } },
  }) as KubeObject
const podIn = (of: string, spec: object = {}) =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: of }, spec }) as KubeObject
const refIn = (of: string) => ({ apiVersion: 'v1', kind: 'Pod', namespace: of, name: 'web' })

describe('what is outside of the namespaces that were made is not written to', () => {
  const ways: Record<string, (kube: Kube) => Promise<unknown>> = {
    apply: (kube) => kube.apply(podIn('shop')),
    create: (kube) => kube.create(podIn('shop')),
    patch: (kube) => kube.patch(refIn('shop'), {}),
    delete: (kube) => kube.delete(refIn('shop')),
    evict: (kube) => kube.evict({ namespace: 'shop', name: 'web' }),
    exec: (kube) => kube.exec({ namespace: 'shop', name: 'web', container: 'app' }, ['true']),
    'delete a namespace': (kube) => kube.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' }),
    'patch a node that was not named': (kube) =>
      kube.patch({ apiVersion: 'v1', kind: 'Node', name: 'control-plane' }, {}),
    'delete a cluster-wide object': (kube) =>
      kube.delete({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'worker' }),
  }
  test.each(Object.entries(ways))('%s', async (_, write) => {
    const { kube, sent } = behind()
    await expect(write(kube)).rejects.toThrow('nothing was written')
    expect(sent).toEqual([])
  })
})

describe('a namespace of its own is no cover', () => {
  const namespace = 'rolypoly-a'
  const rbac = 'rbac.authorization.k8s.io/v1'
  const ways: Record<string, (kube: Kube) => Promise<unknown>> = {
    'for another namespace': (kube) =>
      kube.delete({ apiVersion: 'v1', kind: 'Namespace', namespace, name: 'kube-system' }),
    'for a node that was not named': (kube) =>
      kube.patch({ apiVersion: 'v1', kind: 'Node', namespace, name: 'control-plane' }, {}),
    'for what is of the whole cluster': (kube) =>
      kube.apply({ apiVersion: rbac, kind: 'ClusterRole', metadata: { name: 'all', namespace } }),
    'for an eviction elsewhere': (kube) => kube.evict({ namespace, name: '../../kube-system/pods/dns' }),
    'for a command elsewhere': (kube) =>
      kube.exec({ namespace, name: '../../kube-system/pods/dns', container: 'dns' }, ['true']),
    'for a path that leads up': (kube) =>
      kube.delete({ apiVersion: 'v1', kind: 'Pod', namespace, name: '..' }),
  }
  test.each(Object.entries(ways))('%s', async (_, write) => {
    const { kube, sent } = behind()
    await kube.apply(namespaceOf(namespace))
    await expect(write(kube)).rejects.toThrow(/nothing was written|names no object/)
    expect(sent).toEqual([`create Namespace/${namespace}`])
  })
})

test('within a namespace that was made everything goes, and it goes by its UID', async () => {
  const { kube, sent } = behind()
  await kube.apply(namespaceOf('rolypoly-a'))
  await kube.apply(podIn('rolypoly-a'))
  await kube.patch(refIn('rolypoly-a'), {})
  await kube.exec({ namespace: 'rolypoly-a', name: 'web', container: 'app' }, ['true'])
  await kube.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'rolypoly-a' })
  expect(sent).toEqual([
    ...['create Namespace/rolypoly-a', 'apply Pod/web', 'patch Pod/web', 'exec Pod/web'],
    'delete Namespace/rolypoly-a uid u1',
  ])
})

test('a node that was named may be written to, and everything may be read', async () => {
  const { kube, sent } = behind()
  await kube.patch({ apiVersion: 'v1', kind: 'Node', name: 'worker' }, {})
  await kube.get(refIn('shop'))
  expect(sent).toEqual(['patch Node/worker', 'get Pod/web'])
})

test("a namespace of another name, or without this run's label, is not made", async () => {
  const { kube, sent } = behind()
  await expect(kube.apply(namespaceOf('shop'))).rejects.toThrow('is no namespace of run r1')
  await expect(kube.apply(namespaceOf('rolypoly-a', 'r2'))).rejects.toThrow('is no namespace of run r1')
  expect(sent).toEqual([])
})

describe('a namespace that is there already', () => {
  const taken = async () => {
    throw new KubeError('v1/Namespace/rolypoly-a', 409, 'AlreadyExists', 'is there already')
  }
  const there = (run: string) => ({ create: taken, get: async () => namespaceOf('rolypoly-a', run) as never })

  test('is not adopted', async () => {
    const { kube } = behind({}, there('r2'))
    await expect(kube.apply(namespaceOf('rolypoly-a'))).rejects.toThrow('is there already')
    await expect(kube.apply(podIn('rolypoly-a'))).rejects.toThrow('nothing was written')
  })

  test('is the one that was made where only the answer was lost', async () => {
    const { kube, sent } = behind({}, there('r1'))
    await kube.apply(namespaceOf('rolypoly-a'))
    await kube.apply(podIn('rolypoly-a'))
    expect(sent).toEqual(['apply Pod/web'])
  })
})

describe('a pod that reaches its node is made only where that was allowed', () => {
  const privileged = { securityContext: { privileged: true } }
  const host = [{ name: 'host', hostPath: { path: '/' } }]
  const template = (spec: object) => ({ template: { spec } })
  const ways: Record<string, [KubeObject['kind'], object, string]> = {
    'a container of its': [
      'Pod',
      { containers: [privileged] },
      'spec.containers[0].securityContext.privileged',
    ],
    'an init container': ['Pod', { initContainers: [privileged] }, 'spec.initContainers[0].securityContext'],
    'its network': ['Pod', { hostNetwork: true }, 'spec.hostNetwork'],
    'its processes': ['Pod', { hostPID: true }, 'spec.hostPID'],
    'its files': ['Pod', { volumes: host }, 'spec.volumes[0].hostPath'],
    'a port of its': ['Pod', { containers: [{ ports: [{}, { hostPort: 80 }] }] }, 'ports[1].hostPort'],
    'a capability': [
      'Pod',
      { containers: [{ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }] },
      'SYS_ADMIN',
    ],
    'by a Deployment': ['Deployment', template({ hostNetwork: true }), 'spec.template.spec.hostNetwork'],
    'by a DaemonSet': ['DaemonSet', template({ initContainers: [privileged] }), 'privileged'],
    'by a CronJob': ['CronJob', { jobTemplate: { spec: template({ hostIPC: true }) } }, 'hostIPC'],
  }
  test.each(Object.entries(ways))('%s', async (_, [kind = '', spec, why]) => {
    const object = {
      apiVersion: 'v1',
      kind,
      metadata: { name: 'web', namespace: 'rolypoly-a' },
      spec,
    } as KubeObject
    const ref = { apiVersion: 'v1', kind, namespace: 'rolypoly-a', name: 'web' }
    const { kube, sent } = behind()
    await kube.apply(namespaceOf('rolypoly-a'))
    await expect(kube.create(object)).rejects.toThrow(why)
    await expect(kube.apply(object)).rejects.toThrow('--allow-privileged')
    await expect(kube.patch(ref, { spec })).rejects.toThrow(`${kind}/rolypoly-a/web: spec.`)
    expect(sent).toEqual(['create Namespace/rolypoly-a'])
    const allowed = behind({ allowPrivileged: true })
    await allowed.kube.apply(namespaceOf('rolypoly-a'))
    await allowed.kube.create(object)
    expect(allowed.sent).toContain(`create ${kind}/web`)
  })

  test('what Pod Security has in its baseline needs no leave', async () => {
    const { kube } = behind()
    await kube.apply(namespaceOf('rolypoly-a'))
    const securityContext = { privileged: false, capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } }
    const containers = [{ securityContext, ports: [{ containerPort: 80, hostPort: 0 }] }]
    await kube.create(podIn('rolypoly-a', { hostNetwork: false, volumes: [{ emptyDir: {} }], containers }))
  })
})

test('each namespace is told of right after it was made', async () => {
  const told: string[] = []
  const { kube } = behind({ onMade: async (name) => void told.push(name) })
  await kube.apply(namespaceOf('rolypoly-a'))
  await kube.apply(podIn('rolypoly-a'))
  expect(told).toEqual(['rolypoly-a'])
})
