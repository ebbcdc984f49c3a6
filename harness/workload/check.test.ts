import { expect, test } from 'vitest'
import { UsageError } from '../model/errors.ts'
import type { Chart } from './chart.ts'
import { checkChart, podTemplates, servicesIn } from './check.ts'

type Objects = Chart['objects']
const chart = (...objects: Objects): Chart => ({ name: 'shop', objects, images: [] })
const meta = (name: string, labels?: Record<string, string>) => ({ name, ...(labels && { labels }) })

const container = { name: 'app', image: 'web:dev', ports: [{ name: 'http', containerPort: 8080 }] }
const deployment = (labels: object, ...containers: object[]): Objects[number] => {
  const template = { metadata: { labels }, spec: { containers } }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta('web'), spec: { replicas: 2, template } }
}
const service = (
  selector: object | undefined,
  ...targetPorts: (string | number | undefined)[]
): Objects[number] => {
  const ports = targetPorts.map((targetPort) => ({
    port: 80,
    ...(targetPort !== undefined && { targetPort }),
  }))
  return { apiVersion: 'v1', kind: 'Service', metadata: meta('web'), spec: { selector, ports } }
}
const barePod: Objects[number] = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: meta('lone', { app: 'lone' }) },
  spec: { containers: [container] },
}
const web = deployment({ app: 'web', tier: 'front' }, container)

function refusal(...objects: Objects): string {
  try {
    checkChart(chart(...objects))
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as UsageError).message
  }
  return ''
}

test.each<[string, Objects]>([
  ['a Deployment', [web]],
  ['a bare pod', [barePod]],
  ['a Service that selects it by some of its labels', [web, service({ tier: 'front' }, 'http')]],
  ['a Service with a number, and one with no target port', [web, service({ app: 'web' }, 8080, undefined)]],
  ['a Service whose endpoints are somebody else`s', [web, service(undefined, 'admin'), service({}, 'admin')]],
])('%s is in order', (_, objects) => {
  expect(refusal(...objects)).toBe('')
})

test('a chart without pods has nothing to hurt', () => {
  expect(refusal(service({ app: 'web' }))).toBe(
    'Chart shop: has no Deployment, no Job and no Pod to hurt, only Service',
  )
  expect(refusal()).toContain('only nothing')
})

test('a Service that selects nothing is told with what it asks for and what is there', () => {
  expect(refusal(web, service({ app: 'wbe' }))).toBe(
    'v1/Service/web: its selector app=wbe matches no pod of the chart: apps/v1/Deployment/web has app=web,tier=front',
  )
  expect(refusal(web, service({ app: 'web', tier: 'back' }))).toContain(
    'its selector app=web,tier=back matches no pod',
  )
  expect(refusal(deployment({}, container), service({ app: 'web' }))).toContain('has no labels')
})

test("a Service's named port that no container of its pods declares is told with those that there are", () => {
  expect(refusal(web, service({ app: 'web' }, 'htpp'))).toBe(
    'v1/Service/web: its targetPort "htpp" is declared by no container of the pods that it selects: it has http',
  )
  expect(refusal(deployment({ app: 'web' }, { name: 'app' }), service({ app: 'web' }, 'http'))).toContain(
    'it declares no named port',
  )
  // Another pod's port does not count.
  expect(
    refusal(deployment({ app: 'web' }, { name: 'app' }), barePod, service({ app: 'web' }, 'http')),
  ).toContain('targetPort "http"')
})

test.each([
  ['livenessProbe', { httpGet: { path: '/', port: 'admin' } }],
  ['readinessProbe', { tcpSocket: { port: 'admin' } }],
  ['startupProbe', { httpGet: { path: '/', port: 'admin' } }],
])("a %s's named port has to be declared by its own container", (name, probe) => {
  const neighbour = { name: 'side', ports: [{ name: 'admin', containerPort: 9 }] }
  expect(refusal(deployment({ app: 'web' }, { ...container, [name]: probe }, neighbour))).toBe(
    `apps/v1/Deployment/web: the ${name} of container app asks port "admin", which the container does not declare: it has http`,
  )
})

test('the pods of a chart are those of its Deployments and its bare pods, with their labels', () => {
  const templates = podTemplates(chart(service({}), web, barePod))
  expect(templates.map(({ owner, labels }) => [owner.kind, labels])).toEqual([
    ['Deployment', { app: 'web', tier: 'front' }],
    ['Pod', { app: 'lone' }],
  ])
  expect(servicesIn(chart(web, service({}))).map(({ kind }) => kind)).toEqual(['Service'])
})

test("a Service may name a sidecar's port, but not that of an init container that ends", () => {
  const proxy = { name: 'proxy', ports: [{ name: 'proxied', containerPort: 80 }] }
  const beside = (initContainer: object): Objects[number] => {
    const spec = { initContainers: [initContainer], containers: [container] }
    const template = { metadata: { labels: { app: 'web' } }, spec }
    return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta('web'), spec: { template } }
  }
  const asks = service({ app: 'web' }, 'proxied')
  expect(() => checkChart(chart(beside({ ...proxy, restartPolicy: 'Always' }), asks))).not.toThrow()
  expect(() => checkChart(chart(beside(proxy), asks))).toThrow(UsageError)
})
