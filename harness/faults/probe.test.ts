import { expect, test } from 'vitest'
import { PromiseNotMadeError, UsageError } from '../model/errors.ts'
import { FakeRecording, fakeStage } from '../timeline/testing.ts'
import { Pod, type PodSpec, Workload } from '../workload/workload.ts'
import { failProbe } from './fail-probe.ts'
import { alike, httpProbeOf } from './probe.ts'

type Container = PodSpec['containers'][number]
const workload = new Workload(
  fakeStage(new FakeRecording()),
  { name: 'web', namespace: 'shop', roots: [], services: [] },
  { containers: [] },
)

function podOf(containers: Container[], spec: Partial<PodSpec> = {}): Pod {
  const metadata = { name: 'web-1', namespace: 'shop', uid: 'web-1' }
  return new Pod(workload, { metadata, spec: { containers, ...spec } })
}

const ports = [
  { name: 'http', containerPort: 8080 },
  { name: 'admin', containerPort: 9090 },
]
const get = (path: string | undefined, port: string | number, more = {}) => ({
  httpGet: { port, ...(path !== undefined && { path }), ...more },
})
const app = (probes: Partial<Container>): Container => ({ name: 'app', ports, ...probes })

test.each<[string, Partial<Container>, object]>([
  ['a number', { livenessProbe: get('/healthz', 8081) }, { port: 8081, path: '/healthz' }],
  ['a name', { livenessProbe: get('/healthz?deep=1', 'admin') }, { port: 9090, path: '/healthz?deep=1' }],
  ['no path', { livenessProbe: get(undefined, 'http') }, { port: 8080, path: '/' }],
  ['a path without a slash', { livenessProbe: get('live', 'http') }, { port: 8080, path: '/live' }],
  ['its scheme said', { livenessProbe: get('/', 'http', { scheme: 'HTTP' }) }, { port: 8080, path: '/' }],
])('a probe with %s is resolved as the kubelet asks it', (_, probes, expected) => {
  const probe = httpProbeOf(podOf([app(probes)]), 'app', 'liveness')
  expect(probe).toEqual({ kind: 'liveness', container: 'app', headers: [], ...expected })
})

test('its headers are part of it', () => {
  const httpHeaders = [{ name: 'X-Probe', value: 'live' }]
  const pod = podOf([app({ startupProbe: get('/', 'http', { httpHeaders }) })])
  expect(httpProbeOf(pod, 'app', 'startup').headers).toEqual(httpHeaders)
})

test.each([
  ['of another kind', podOf([app({ readinessProbe: get('/', 80) })]), 'app'],
  ['of another container', podOf([app({}), { name: 'side', livenessProbe: get('/', 80) }]), 'app'],
  ['of a container that is not there', podOf([app({ livenessProbe: get('/', 80) })]), 'other'],
])('where there is only a probe %s, the promise is not even made', (_, pod, container) => {
  const ask = () => httpProbeOf(pod, container, 'liveness')
  expect(ask).toThrow(PromiseNotMadeError)
  expect(ask).toThrow(`Pod/shop/web-1/${container}: has no liveness probe, so Kubernetes does nothing`)
})

test.each<[string, Pod, string]>([
  [
    'over exec',
    podOf([app({ livenessProbe: { exec: { command: ['true'] } } })]),
    'it is not an httpGet probe',
  ],
  ['over tcp', podOf([app({ livenessProbe: { tcpSocket: { port: 80 } } })]), 'it is not an httpGet probe'],
  ['over HTTPS', podOf([app({ livenessProbe: get('/', 80, { scheme: 'HTTPS' }) })]), 'its scheme is HTTPS'],
  [
    'of a host',
    podOf([app({ livenessProbe: get('/', 80, { host: '192.0.2.1' }) })]),
    'it asks host 192.0.2.1',
  ],
  [
    'on the host network',
    podOf([app({ livenessProbe: get('/', 80) })], { hostNetwork: true }),
    'the pod is on the host network',
  ],
])('a probe %s is refused, and it is said why', (_, pod, why) => {
  const ask = () => httpProbeOf(pod, 'app', 'liveness')
  expect(ask).toThrow(UsageError)
  expect(ask).toThrow(`Pod/shop/web-1/app: its liveness probe cannot be failed: ${why}`)
})

test('a named port that its container does not declare is refused', () => {
  const pod = podOf([app({ livenessProbe: get('/', 'metrics') })])
  expect(() => httpProbeOf(pod, 'app', 'liveness')).toThrow(
    'Container app: declares no port named "metrics", which its liveness probe asks',
  )
})

function alikeTo(probes: Partial<Container>, ...others: Container[]): string[] {
  const pod = podOf([app({ livenessProbe: get('/healthz', 'http'), ...probes }), ...others])
  return alike(pod, httpProbeOf(pod, 'app', 'liveness')).map(({ container, kind }) => `${container} ${kind}`)
}

test('probes that ask the same are alike, however they name the port and the path, and in whatever container', () => {
  expect(alikeTo({ readinessProbe: get('healthz', 8080) })).toEqual(['app readiness'])
  expect(alikeTo({ startupProbe: get('/healthz', 'http') })).toEqual(['app startup'])
  const side = { name: 'side', livenessProbe: get('/healthz', 8080) }
  expect(alikeTo({ readinessProbe: get('/healthz', 8080) }, side)).toEqual(['app readiness', 'side liveness'])
})

test('probes that differ in port, path, query or lack a header are not, nor is a probe alike itself', () => {
  expect(alikeTo({})).toEqual([])
  expect(alikeTo({ readinessProbe: get('/ready', 'http') })).toEqual([])
  expect(alikeTo({ readinessProbe: get('/healthz?ready', 'http') })).toEqual([])
  expect(alikeTo({ readinessProbe: get('/healthz', 'admin') })).toEqual([])
  expect(alikeTo({ readinessProbe: { tcpSocket: { port: 'http' } } })).toEqual([])
})

test('a probe with more headers fails along, for the proxy cannot tell it from the one with fewer', () => {
  const header = (value: string) => ({ httpHeaders: [{ name: 'x-probe', value }] })
  const readinessProbe = get('/healthz', 'http', header('ready'))
  expect(alikeTo({ readinessProbe })).toEqual(['app readiness'])
})

const both = podOf([app({ livenessProbe: get('/', 'http'), readinessProbe: get('/', 'http', {}) })])

test('a probe that cannot be failed alone is not failed, unless it is said that others may fail along', () => {
  expect(() => failProbe(both, 'liveness')).toThrow(
    'Pod/shop/web-1/app: its liveness probe cannot be failed alone: the readiness probe of app asks the same path of the same port',
  )
  expect(failProbe(both, 'liveness', { alsoFail: true }).effect).toMatchObject({
    ...{ does: 'fail-probe', podUid: 'web-1', container: 'app', probes: ['liveness', 'readiness'] },
  })
})

const alone = podOf([app({ livenessProbe: { ...get('/', 'http'), periodSeconds: 7, timeoutSeconds: 3 } })])

test('a failed probe is answered 500, or as it is said', () => {
  const failure = (answer: Parameters<typeof failProbe>[2]) => failProbe(alone, 'liveness', answer).effect
  expect(failure({})).toMatchObject({ failure: { with: 'status', status: 500 } })
  expect(failure({ with: { status: 404 } })).toMatchObject({ failure: { with: 'status', status: 404 } })
  expect(failure({ with: 'reset' })).toMatchObject({ failure: { with: 'reset' } })
  expect(failure({ with: 'silence' })).toMatchObject({ failure: { with: 'silence' } })
  expect(failure({ with: { delayMs: 9 } })).toMatchObject({ failure: { with: 'delay', delayMs: 9 } })
})

test.each([200, 399, 600, 404.5])('status %d fails no probe, and is refused', (status) => {
  expect(() => failProbe(alone, 'liveness', { with: { status } })).toThrow(`status ${status} fails no probe`)
})

test('it has as long for its receipt as the probe takes to be asked twice and to time out', () => {
  const { receiptWithinMs, lasting, requires, target } = failProbe(alone, 'liveness')
  expect(receiptWithinMs).toBeGreaterThanOrEqual(2 * 7_000 + 3_000)
  expect({ lasting, requires, target }).toEqual({
    ...{ lasting: true, requires: ['probe.intercept'], target: 'Pod/shop/web-1/app liveness' },
  })
})
