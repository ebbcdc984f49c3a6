import { expect, test } from 'vitest'
import { UsageError } from '../../model/errors.ts'
import type { Chart } from '../../workload/chart.ts'
import { readManifest } from './read.ts'

type Objects = Chart['objects']
const object = (kind: string, name: string, spec?: object, metadata: object = {}): Objects[number] => ({
  ...{ apiVersion: 'v1', kind, metadata: { name, ...metadata } },
  ...(spec && { spec }),
})
const read = (...objects: Objects) => readManifest('shop.yaml', { name: 'shop', objects, images: [] })
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app' }] } }
const web = (more: object = {}, metadata: object = {}) =>
  object('Deployment', 'web', { template, ...more }, metadata)
const service = (metadata: object = {}, more: object = {}) =>
  object('Service', 'web', { selector: { app: 'web' }, ports: [{ port: 80 }], ...more }, metadata)

function refusal(...objects: Objects): string {
  try {
    read(...objects)
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as UsageError).message
  }
  return ''
}

test('Deployments and bare Pods are read, with the Services and budgets beside them', () => {
  const selector = { matchLabels: { app: 'web' } }
  const budget = object('PodDisruptionBudget', 'web', { selector, minAvailable: '50%' })
  const ports = [{ port: 80, targetPort: 'http' }, { port: 81 }]
  const { workloads, notes } = read(
    ...[web({ replicas: 2 }), object('Pod', 'lone', template.spec), budget, service({}, { ports })],
  )
  expect(workloads.map(({ workload: { subject, kind, replicas } }) => [subject, kind, replicas])).toEqual([
    ['Deployment/web', 'Deployment', 2],
    ['Pod/lone', 'Pod', 1],
  ])
  expect(workloads[0]?.services).toMatchObject([
    { subject: 'Service/web', targetPorts: ['http', 81], publishNotReadyAddresses: false, headless: false },
  ])
  expect(workloads[0]?.budgets).toMatchObject([
    { subject: 'PodDisruptionBudget/web', selector, minAvailable: '50%' },
  ])
  expect(workloads[0]?.workloads).toHaveLength(2)
  // The Service names a port that nothing declares.
  expect(notes).toMatchObject([expect.stringMatching(/^rolypoly run would not take it: v1\/Service\/web/)])
})

test('a Deployment has one replica unless it says more, and as many as its autoscaler leaves it', () => {
  const autoscaler = (minReplicas?: number) =>
    object('HorizontalPodAutoscaler', 'web', {
      scaleTargetRef: { kind: 'Deployment', name: 'web' },
      ...(minReplicas !== undefined && { minReplicas }),
    })
  const replicas = (...objects: Objects) => read(...objects).workloads[0]?.workload.replicas
  expect(replicas(web())).toBe(1)
  expect(replicas(web({ replicas: 0 }))).toBe(0)
  expect(replicas(web(), autoscaler(3))).toBe(3)
  expect(replicas(web({ replicas: 5 }), autoscaler())).toBe(1)
})

test('what is in another namespace is not beside it; what names none may be', () => {
  const shop = web({}, { namespace: 'shop' })
  const services = (metadata: object) => read(shop, service(metadata)).workloads[0]?.services.length
  expect(services({ namespace: 'shop' })).toBe(1)
  expect(services({})).toBe(1)
  expect(services({ namespace: 'blog' })).toBe(0)
  expect(read(shop).workloads[0]?.workload.subject).toBe('Deployment/shop/web')
})

test('null is what is not given', () => {
  const container = { name: 'app', ports: null, livenessProbe: null, lifecycle: { preStop: null } }
  const pod = object('Pod', 'a', { containers: [container], tolerations: null }, { labels: null })
  expect(read(pod).workloads[0]?.workload).toMatchObject({
    ...{ labels: {}, pod: { tolerations: undefined } },
  })
})

test('a budget without a selector keeps nothing, one with an empty one everything', () => {
  const selectors = (spec: object) =>
    read(web(), object('PodDisruptionBudget', 'b', spec)).workloads[0]?.budgets
  expect(selectors({})).toMatchObject([{ selector: { matchExpressions: [{ operator: 'Exists' }] } }])
  expect(selectors({ selector: {} })).toMatchObject([{ selector: {} }])
})

test('other kinds that make pods are named, whatever they hold', () => {
  const { notes } = read(
    web(),
    object('StatefulSet', 'db', { template: { spec: { containers: 7 } } }),
    service(),
  )
  expect(notes[0]).toBe('StatefulSet/db is left out: predictions are made for Deployments, Jobs and Pods')
})

test('a Job has as many pods at once as work at once, and no more than it needs', () => {
  const job = (counts: object) => {
    const template = { metadata: { labels: { app: 'report' } }, spec: { containers: [{ name: 'app' }] } }
    return read(object('Job', 'report', { ...counts, template })).workloads[0]?.workload
  }
  expect(job({})).toMatchObject({
    ...{ subject: 'Job/report', kind: 'Job', replicas: 1, labels: { app: 'report' } },
    job: { parallelism: 1, completions: 1 },
  })
  expect(job({ parallelism: 3 })).toMatchObject({ replicas: 3, job: { completions: 3 } })
  expect(job({ parallelism: 3, completions: 2 })?.replicas).toBe(2)
})

test.each<[string, Objects, string]>([
  ['there is none', [], 'shop.yaml: has no Deployment, no Job and no Pod to predict for, only nothing'],
  ['there are others', [object('ConfigMap', 'a'), object('CronJob', 'b')], 'only ConfigMap, CronJob'],
  ['it has no spec', [object('Deployment', 'web')], 'Deployment/web: spec: expected object'],
  [
    'its containers are none',
    [object('Deployment', 'web', { template: { spec: { containers: 'app' } } })],
    'shop.yaml: Deployment/web: spec.template.spec.containers: expected array, received string',
  ],
  ['it has no container', [object('Pod', 'a', { containers: [] })], 'at least one container is expected'],
  [
    'a period is text',
    [object('Pod', 'a', { containers: [{ name: 'app', livenessProbe: { periodSeconds: '10' } }] })],
    'Pod/a: spec.containers[0].livenessProbe.periodSeconds: expected number, received string',
  ],
  [
    'a period is negative',
    [object('Pod', 'a', { containers: [{ name: 'app', livenessProbe: { periodSeconds: -1 } }] })],
    'Pod/a: spec.containers[0].livenessProbe.periodSeconds: Too small',
  ],
  ['its name is none', [object('Pod', '\u001b[31m', { containers: [] })], 'a name of small letters, digits'],
  [
    'a Service is none',
    [web(), service({}, { selector: 'app=web' })],
    'Service/web: spec.selector: expected record',
  ],
])('is refused where %s', (_, objects, told) => {
  expect(refusal(...objects)).toContain(told)
})
