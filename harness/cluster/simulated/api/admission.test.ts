import { beforeEach, expect, test } from 'vitest'
import type { PodObject } from '../../kube.ts'
import { KubeError } from '../../kube-error.ts'
import { deletePod } from '../deletion.ts'
import { admitPod, createPod } from './admission.ts'
import { type FakeWorld, fakeWorld, shopPod } from './testing.ts'

let world: FakeWorld
beforeEach(() => {
  world = fakeWorld()
})

const generated = () =>
  ({ ...shopPod(''), metadata: { generateName: 'web-', namespace: 'shop' } }) as PodObject

test('pods that a controller makes have names of their own', () => {
  const names = Array.from({ length: 30 }, () => createPod(world, generated()).metadata?.name ?? '')
  for (const name of names) expect(name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  expect(new Set(names).size).toBe(30)
  expect(admitPod(world, generated()).metadata?.name).not.toBe(names[0])
  expect(world.store.list('Pod')).toHaveLength(30)
})

test('a name is there once', () => {
  createPod(world, shopPod('a') as PodObject)
  expect(() => createPod(world, shopPod('a') as PodObject)).toThrow('pods "a" already exists')
})

test('a new pod is pending, and has all its defaults', () => {
  const { spec, status } = createPod(world, shopPod('a') as PodObject)
  expect(status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' })
  expect(spec).toMatchObject({
    ...{ restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst' },
    ...{ schedulerName: 'default-scheduler', serviceAccountName: 'default', enableServiceLinks: true },
  })
  expect(spec?.tolerations).toEqual(
    ['not-ready', 'unreachable'].map((state) => ({
      ...{ key: `node.kubernetes.io/${state}`, operator: 'Exists', effect: 'NoExecute' },
      tolerationSeconds: 300,
    })),
  )
  expect(admitPod(world, world.store.get('Pod', 'a', 'shop') as PodObject).spec).toEqual(spec)
})

test.each([
  ['everything', [{ operator: 'Exists' }], 0],
  ['one of the two', [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }], 1],
  ['something else', [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule', operator: 'Exists' }], 2],
])('a pod that tolerates %s is given what it lacks', (_, tolerations, added) => {
  const { spec } = admitPod(world, shopPod('a', { tolerations }) as PodObject)
  expect(spec?.tolerations).toHaveLength(tolerations.length + added)
})

const limits = { cpu: '1', memory: '64Mi' }
test.each([
  ['BestEffort', [{}, {}]],
  ['Burstable', [{ limits }, {}]],
  ['Burstable', [{ limits, requests: { cpu: '500m' } }]],
  ['Guaranteed', [{ limits }]],
  ['Guaranteed', [{ limits, requests: { cpu: '1000m', memory: '65536Ki' } }]],
])('a pod is %s by its resources', (qosClass, all) => {
  const containers = all.map((resources, at) => ({ name: `c${at}`, image: 'web:dev', resources }))
  expect(admitPod(world, shopPod('a', { containers }) as PodObject).status).toMatchObject({ qosClass })
})

test.each([
  ['web', 'Always'],
  ['web:latest', 'Always'],
  ['localhost:5000/web', 'Always'],
  ['localhost:5000/web:1', 'IfNotPresent'],
  ['web@sha256:1234', 'IfNotPresent'],
])('%s is pulled %s', (image, imagePullPolicy) => {
  const { spec } = admitPod(world, shopPod('a', { containers: [{ name: 'web', image }] }) as PodObject)
  expect(spec?.containers[0]).toMatchObject({ imagePullPolicy })
})

test('a probe has defaults, and a 0 says nothing', () => {
  const probes = {
    livenessProbe: { httpGet: { port: 80 }, periodSeconds: 0, timeoutSeconds: 0, failureThreshold: 7 },
    readinessProbe: { grpc: { port: 80 } },
  }
  const containers = [{ name: 'web', image: 'web:dev', ...probes }]
  const { spec } = admitPod(world, shopPod('a', { containers }) as PodObject)
  expect(spec?.containers[0]).toMatchObject({
    livenessProbe: {
      ...{ httpGet: { path: '/', port: 80, scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10 },
      ...{ successThreshold: 1, failureThreshold: 7 },
    },
    readinessProbe: { grpc: { port: 80, service: '' }, failureThreshold: 3 },
  })
})

function quota(hard: Record<string, string>): void {
  world.store.create('ResourceQuota', {
    metadata: { name: 'few', namespace: 'shop' },
    spec: { hard },
  } as never)
}

test('a quota counts a pod that stops until it is gone, and none that has ended', () => {
  quota({ pods: '2' })
  const [first] = ['a', 'b'].map((name) => createPod(world, shopPod(name, { nodeName: 'n1' }) as PodObject))
  deletePod(world.store, 'b', 'shop')
  const another = () => createPod(world, shopPod('c') as PodObject)
  expect(another).toThrow(KubeError)
  expect(another).toThrow(
    'v1/Pod/shop/c: pods "c" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2',
  )
  world.store.update('Pod', { ...first, status: { phase: 'Failed' } } as PodObject)
  expect(another).not.toThrow()
  expect(() => createPod(world, shopPod('d') as PodObject)).toThrow('exceeded quota')
  // By now b is long overdue.
  world.clock.advance(62_000)
  expect(() => createPod(world, shopPod('d') as PodObject)).not.toThrow()
})

test('a quota of objects counts those that have ended too', () => {
  quota({ 'count/pods': '1' })
  const made = createPod(world, shopPod('a') as PodObject)
  world.store.update('Pod', { ...made, status: { phase: 'Succeeded' } })
  expect(() => createPod(world, shopPod('b') as PodObject)).toThrow('limited: count/pods=1')
  const elsewhere = { ...shopPod('b'), metadata: { name: 'b', namespace: 'default' } } as PodObject
  expect(() => createPod(world, elsewhere)).not.toThrow()
})
