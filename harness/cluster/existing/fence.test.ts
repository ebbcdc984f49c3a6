import { describe, expect, test } from 'vitest'
import type { Kube, KubeObject } from '../kube.ts'
import { KubeError } from '../kube-error.ts'
import { type Fence, fenced } from './fence.ts'

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
    ...answers,
  } as unknown as Kube
  const fence = { run: 'r1', writableNodes: ['worker'], allowPrivileged: false, ...parts }
  return { kube: fenced(kube, fence), sent }
}
const namespace = (name: string, run = 'r1') =>
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

test('within a namespace that was made everything goes, and it goes by its UID', async () => {
  const { kube, sent } = behind()
  await kube.apply(namespace('rolypoly-a'))
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
  await expect(kube.apply(namespace('shop'))).rejects.toThrow('is no namespace of run r1')
  await expect(kube.apply(namespace('rolypoly-a', 'r2'))).rejects.toThrow('is no namespace of run r1')
  expect(sent).toEqual([])
})

describe('a namespace that is there already', () => {
  const taken = async () => {
    throw new KubeError('v1/Namespace/rolypoly-a', 409, 'AlreadyExists', 'is there already')
  }
  const there = (run: string) => ({ create: taken, get: async () => namespace('rolypoly-a', run) as never })

  test('is not adopted', async () => {
    const { kube } = behind({}, there('r2'))
    await expect(kube.apply(namespace('rolypoly-a'))).rejects.toThrow('is there already')
    await expect(kube.apply(podIn('rolypoly-a'))).rejects.toThrow('nothing was written')
  })

  test('is the one that was made where only the answer was lost', async () => {
    const { kube, sent } = behind({}, there('r1'))
    await kube.apply(namespace('rolypoly-a'))
    await kube.apply(podIn('rolypoly-a'))
    expect(sent).toEqual(['apply Pod/web'])
  })
})

test('a privileged pod is made only where that was allowed', async () => {
  const privileged = podIn('rolypoly-a', { containers: [{ securityContext: { privileged: true } }] })
  for (const pod of [privileged, podIn('rolypoly-a', { hostNetwork: true })]) {
    const { kube } = behind()
    await kube.apply(namespace('rolypoly-a'))
    await expect(kube.create(pod)).rejects.toThrow('--allow-privileged')
    const allowed = behind({ allowPrivileged: true })
    await allowed.kube.apply(namespace('rolypoly-a'))
    await allowed.kube.create(pod)
    expect(allowed.sent).toContain('create Pod/web')
  }
})

test('each namespace is told of right after it was made', async () => {
  const told: string[] = []
  const { kube } = behind({ onMade: async (name) => void told.push(name) })
  await kube.apply(namespace('rolypoly-a'))
  await kube.apply(podIn('rolypoly-a'))
  expect(told).toEqual(['rolypoly-a'])
})
