import { beforeEach, describe, expect, test } from 'vitest'
import type { Kube, KubeObject } from '../../kube.ts'
import { simulatedKube } from './kube.ts'
import { deployment, type FakeWorld, fakeWorld, refusal, shopPod } from './testing.ts'

let world: FakeWorld
let kube: Kube
beforeEach(() => {
  world = fakeWorld()
  kube = simulatedKube(world, { version: 'v1.34.4' })
})

type Loose = KubeObject & { spec: Record<string, unknown>; data?: Record<string, string> }
const deployments = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop' }
const pods = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' }
const configMap = (data: object, labels?: object) =>
  ({
    ...{ apiVersion: 'v1', kind: 'ConfigMap' },
    ...{ metadata: { name: 'settings', namespace: 'shop', ...(labels && { labels }) }, data },
  }) as Loose

describe('apply', () => {
  test('makes what is not there, with its defaults, a few milliseconds after it is asked', async () => {
    const made = (await kube.apply(deployment())) as Loose
    expect(world.clock.now()).toBeGreaterThanOrEqual(2)
    expect(world.clock.now()).toBeLessThan(8)
    expect(made.metadata).toMatchObject({ generation: 1, uid: expect.any(String) })
    expect(made.spec).toMatchObject({ replicas: 1, progressDeadlineSeconds: 600, revisionHistoryLimit: 10 })
    expect(made.spec.strategy).toEqual({
      ...{ type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    })
  })

  test('changes what is there: what it said before and says no more goes, what others said stays', async () => {
    await kube.apply(configMap({ a: '1', b: '2' }, { tier: 'x' }))
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', namespace: 'shop' }
    await kube.patch(ref, { data: { c: '3' }, metadata: { labels: { owner: 'me' } } })
    const now = await kube.apply(configMap({ a: '9' }))
    expect(now.data).toEqual({ a: '9', c: '3' })
    expect(now.metadata?.labels).toEqual({ owner: 'me' })
    await kube.patch(ref, { data: { c: null } })
    expect(await kube.get(ref)).toMatchObject({ data: { a: '9' } })
    expect((await kube.get<Loose>(ref))?.data).not.toHaveProperty('c')
  })

  test('counts a new spec as a generation, and the same one as no write', async () => {
    const first = await kube.apply(deployment({ replicas: 3 }))
    world.store.update('Deployment', { ...(first as object), status: { replicas: 3 } } as never)
    const { version } = world.store
    const same = await kube.apply(deployment({ replicas: 3 }))
    expect(world.store.version).toBe(version)
    expect(same).toMatchObject({ status: { replicas: 3 } })
    const other = await kube.apply(deployment({ replicas: 2 }, { terminationGracePeriodSeconds: 5 }))
    expect(other).toMatchObject({
      metadata: { generation: 2 },
      spec: { replicas: 2 },
      status: { replicas: 3 },
    })
    // What was applied and is left out is its default again.
    expect(await kube.apply(deployment())).toMatchObject({
      spec: { replicas: 1, template: { spec: { terminationGracePeriodSeconds: 30 } } },
    })
  })

  test('writes nothing when it is dry, and says what it would write', async () => {
    expect(await kube.apply(deployment(), { dryRun: true })).toMatchObject({ spec: { replicas: 1 } })
    expect(await kube.apply(shopPod('a'), { dryRun: true })).toMatchObject({ status: { phase: 'Pending' } })
    expect(world.store.list('Deployment')).toEqual([])
    expect(world.store.list('Pod')).toEqual([])
  })

  test('takes a pod back as it was read', async () => {
    const made = await kube.apply(shopPod('a', { nodeName: 'n1' }))
    await kube.delete({ ...pods, name: 'a' }, { gracePeriodSeconds: 0 })
    const again = { ...made, metadata: { name: 'a', namespace: 'shop', labels: { app: 'a' } } } as KubeObject
    const anew = await kube.apply(again)
    expect(anew.metadata?.uid).not.toBe(made.metadata?.uid)
    expect(await kube.apply(again)).toEqual(anew)
  })

  test('does not let a pod change, nor a selector', async () => {
    await kube.apply(shopPod('a'))
    expect(await refusal(kube.apply(shopPod('a', { terminationGracePeriodSeconds: 1 })))).toEqual([
      ...[422, 'Invalid'],
      expect.stringContaining('v1/Pod/shop/a: spec: Forbidden: a change of a pod'),
    ])
    await kube.apply(deployment())
    const labels = { app: 'web', tier: 'front' }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:dev' }] } }
    const [, , told] = await refusal(
      kube.apply(deployment({ selector: { matchLabels: { tier: 'front' } }, template })),
    )
    expect(told).toContain('spec.selector: Invalid value')
    expect(told).toContain('field is immutable')
  })

  test('what a caller does to an object or an answer afterwards changes nothing', async () => {
    const object = configMap({ a: '1' })
    const asked = kube.apply(object)
    object.data = { a: 'other' }
    const answer = await asked
    answer.data = {}
    expect(world.store.get('ConfigMap', 'settings', 'shop')?.data).toEqual({ a: '1' })
  })
})

describe('create', () => {
  test('refuses what is there, and what has no namespace to be in', async () => {
    await kube.create(shopPod('a'))
    expect(await refusal(kube.create(shopPod('a')))).toEqual([
      ...[409, 'AlreadyExists', 'v1/Pod/shop/a: pods "a" already exists'],
    ])
    const lost = { ...shopPod('a'), metadata: { name: 'a', namespace: 'nowhere' } } as KubeObject
    expect(await refusal(kube.create(lost))).toEqual([
      ...[404, 'NotFound', 'v1/Pod/nowhere/a: namespaces "nowhere" not found'],
    ])
  })

  test('brings a Node back, not ready as every new one', async () => {
    const spec = { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'], providerID: 'kind://docker/k/n1' }
    const metadata = { name: 'n1', labels: { 'kubernetes.io/hostname': 'n1' }, annotations: undefined }
    await kube.create({ apiVersion: 'v1', kind: 'Node', metadata, spec } as unknown as KubeObject)
    const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]
    expect(world.store.get('Node', 'n1')).toMatchObject({
      ...{ spec: { ...spec, taints }, metadata: { uid: expect.any(String) } },
    })
  })

  test('gives each Service an address of its own, unless it wants none', async () => {
    const service = (name: string, more: object = {}) =>
      ({
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' } },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...more },
      }) as KubeObject
    const made = (await kube.create(service('a'))) as Loose
    expect(made.spec.clusterIP).toMatch(/^10\.96\.\d+\.\d+$/)
    expect(made.spec).toMatchObject({ clusterIPs: [made.spec.clusterIP], type: 'ClusterIP' })
    expect(made.spec.ports).toEqual([{ port: 80, targetPort: 80, protocol: 'TCP' }])
    expect(((await kube.apply(service('b'))) as Loose).spec.clusterIP).not.toBe(made.spec.clusterIP)
    expect(await kube.apply(service('a', { publishNotReadyAddresses: true }))).toMatchObject({
      spec: { clusterIP: made.spec.clusterIP, publishNotReadyAddresses: true },
    })
    expect((await refusal(kube.apply(service('b', { clusterIP: 'None' }))))[2]).toContain(
      'field is immutable',
    )
    expect(await kube.create(service('c', { clusterIP: 'None' }))).toMatchObject({
      spec: { clusterIP: 'None' },
    })
    expect((await refusal(kube.create(service('d', { clusterIP: '10.96.1.1' }))))[2]).toBe(
      'v1/Service/shop/d: spec.clusterIP: "10.96.1.1" is not modelled by the simulated cluster; leave it out, or run on kind',
    )
  })
})

describe('delete', () => {
  test('tells whether there was something, and takes the right one only', async () => {
    expect(await kube.delete({ ...pods, name: 'a' })).toBe(false)
    const { metadata } = await kube.create(shopPod('a', { nodeName: 'n1' }))
    const [code, reason, told] = await refusal(kube.delete({ ...pods, name: 'a' }, { uid: 'another' }))
    expect([code, reason]).toEqual([409, 'Conflict'])
    expect(told).toContain(`UID in precondition: another, UID in object meta: ${metadata?.uid}`)
    expect(await kube.delete({ ...pods, name: 'a' }, { uid: metadata?.uid ?? '' })).toBe(true)
    expect(world.store.get('Pod', 'a', 'shop')?.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 })
    const seen: string[] = []
    const stop = world.store.on('Pod', ({ type }) =>
      seen.push(`${type} ${Math.round(world.clock.now() / 10)}`),
    )
    await kube.delete({ ...pods, name: 'a' }, { gracePeriodSeconds: 0 })
    stop()
    // Controllers may see its mark before it is gone.
    expect(new Set(seen.map((one) => one.split(' ')[1])).size).toBe(2)
    expect(seen).toEqual([expect.stringContaining('MODIFIED'), expect.stringContaining('DELETED')])
    expect(await kube.get({ ...pods, name: 'a' })).toBeUndefined()
    await kube.create(deployment())
    expect(await kube.delete({ ...deployments, name: 'web' })).toBe(true)
    expect(world.store.list('Deployment')).toEqual([])
  })

  test('of a namespace ends its pods with their grace, then it', async () => {
    const ref = { apiVersion: 'v1', kind: 'Namespace', name: 'shop' }
    await kube.create(shopPod('runs', { nodeName: 'n1' }))
    await kube.create(shopPod('waits'))
    await kube.apply(deployment())
    expect(await kube.delete(ref)).toBe(true)
    expect(await kube.get(ref)).toMatchObject({ status: { phase: 'Terminating' } })
    expect(await refusal(kube.apply(configMap({})))).toEqual([
      ...[403, 'Forbidden'],
      'v1/ConfigMap/shop/settings: configmaps "settings" is forbidden: unable to create new content in namespace shop because it is being terminated',
    ])
    world.clock.advance(1_000)
    expect(world.store.list('Deployment', 'shop')).toEqual([])
    expect(world.store.list('Pod', 'shop').map(({ metadata }) => metadata?.name)).toEqual(['runs'])
    expect(world.store.get('Pod', 'runs', 'shop')?.metadata?.deletionTimestamp).toBeDefined()
    expect(await kube.get(ref)).toBeDefined()
    world.store.remove('Pod', 'runs', 'shop')
    world.clock.advance(1_000)
    expect(await kube.get(ref)).toBeUndefined()
    expect((await refusal(kube.delete({ ...ref, name: 'kube-system' })))[0]).toBe(403)
  })
})

describe('patch', () => {
  test('changes a spec by the same rules', async () => {
    await kube.apply(deployment())
    const ref = { ...deployments, name: 'web' }
    expect(await kube.patch(ref, { spec: { replicas: 4 }, status: { replicas: 9 } })).toMatchObject({
      ...{ spec: { replicas: 4 }, status: {} },
    })
    const [code, , told] = await refusal(kube.patch(ref, { spec: { replicas: -1, replcias: 2 } }))
    expect(code).toBe(422)
    expect(told).toContain('spec.replicas: Invalid value: -1: must be greater than or equal to 0')
    expect(told).toContain('spec.replcias: is not modelled')
    expect((await refusal(kube.patch(ref, { metadata: { finalizers: ['mine'] } })))[2]).toContain(
      'metadata.finalizers',
    )
    expect((await refusal(kube.patch(ref, { metadata: { resourceVersion: '1' } })))[1]).toBe('Conflict')
    expect((await refusal(kube.patch({ ...ref, name: 'none' }, {})))[1]).toBe('NotFound')
  })

  test('labels a pod and cordons a node, whatever the cluster has written in them', async () => {
    world.store.create('Pod', shopPod('a', { hostPID: true }) as never)
    world.store.create('Node', { metadata: { name: 'n1' }, status: { phase: 'x' } } as never)
    await kube.patch({ ...pods, name: 'a' }, { metadata: { labels: { app: null, tier: 'x' } } })
    expect(world.store.get('Pod', 'a', 'shop')).toMatchObject({ metadata: { labels: { tier: 'x' } } })
    const node = await kube.patch(
      { apiVersion: 'v1', kind: 'Node', name: 'n1' },
      { spec: { unschedulable: true } },
    )
    expect(node).toMatchObject({ spec: { unschedulable: true }, status: { phase: 'x' } })
  })
})

describe('the rest', () => {
  test('lists by namespace and name', async () => {
    for (const name of ['b', 'a']) await kube.create(shopPod(name))
    world.store.create('Pod', { metadata: { name: 'c', namespace: 'other' } } as never)
    const list = await kube.list({ apiVersion: 'v1', kind: 'Pod' })
    expect(list.items.map(({ metadata }) => metadata?.name)).toEqual(['c', 'a', 'b'])
    expect(list.resourceVersion).toBe(String(world.store.version))
    const [one] = (await kube.list({ ...pods, labelSelector: 'app=a' })).items
    expect(one?.metadata?.name).toBe('a')
  })

  test('knows no kind but its own', async () => {
    const ref = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'a', namespace: 'shop' }
    expect((await refusal(kube.get(ref)))[1]).toBe('UnknownKind')
    expect(await kube.isNamespaced('apps/v1', 'StatefulSet')).toBeUndefined()
    expect(await kube.isNamespaced('v1', 'Node')).toBe(false)
    expect(await kube.isNamespaced('v1', 'Pod')).toBe(true)
  })

  test('tells its version and how it is, and a configuration of each kubelet', async () => {
    expect(JSON.parse(await kube.raw('/version'))).toMatchObject({ gitVersion: 'v1.34.4', minor: '34' })
    expect(await kube.raw('/livez')).toBe('ok')
    expect(JSON.parse(await kube.raw('/api/v1/nodes/n1/proxy/configz'))).toMatchObject({
      kubeletconfig: { nodeLeaseDurationSeconds: 40 },
    })
    expect((await refusal(kube.raw('/metrics')))[0]).toBe(404)
    world.kubelet.unit = 'inactive'
    await expect(kube.raw('/api/v1/nodes/n1/proxy/configz')).rejects.toThrow('connection refused')
  })

  test('the same seed gives the same names, versions and times', async () => {
    const run = async (seed: number) => {
      const other = fakeWorld(seed)
      const api = simulatedKube(other, { version: 'v1.34.4' })
      const made = await api.create(shopPod('a'))
      return JSON.stringify([made, other.clock.now()])
    }
    expect(await run(7)).toBe(await run(7))
    expect(await run(7)).not.toBe(await run(8))
  })
})
