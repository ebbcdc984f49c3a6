import { expect, test } from 'vitest'
import { PromiseNotMadeError, UsageError } from '../model/errors.ts'
import { FakeRecording, fakeStage } from '../timeline/testing.ts'
import { Pod, type PodSpec, Workload } from '../workload/workload.ts'
import { failAlong, probeOf } from './probe.ts'

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
  const probe = probeOf(podOf([app(probes)]), 'app', 'liveness')
  expect(probe).toEqual({ by: 'http', kind: 'liveness', container: 'app', headers: [], ...expected })
})

test.each<[string, NonNullable<Container['livenessProbe']>, object]>([
  ['tcp', { tcpSocket: { port: 'admin' } }, { by: 'tcp', port: 9090 }],
  ['gRPC', { grpc: { port: 9000, service: 'shop' } }, { by: 'grpc', port: 9000 }],
  ['HTTPS', get('/healthz', 'http', { scheme: 'HTTPS' }), { by: 'https', port: 8080 }],
  ['exec', { exec: { command: ['cat', '/ok'] } }, { by: 'exec', command: ['cat', '/ok'] }],
])('a probe over %s is known by its port or its command', (_, livenessProbe, expected) => {
  const probe = probeOf(podOf([app({ livenessProbe })]), 'app', 'liveness')
  expect(probe).toEqual({ kind: 'liveness', container: 'app', ...expected })
})

test('a command is expanded as the kubelet does: with what the spec itself gives values to, once', () => {
  const env = [
    { name: 'FILE', value: '/ok $(FILE)' },
    { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
  ]
  const command = ['test', '-e', '$(FILE)', '$$(FILE)', '$(OTHER)', 'x$(SECRET)y', '$FILE', '$(']
  const probe = probeOf(podOf([app({ env, livenessProbe: { exec: { command } } })]), 'app', 'liveness')
  expect(probe).toMatchObject({
    command: ['test', '-e', '/ok $(FILE)', '$(FILE)', '$(OTHER)', 'xy', '$FILE', '$('],
  })
})

test('its headers are part of it', () => {
  const httpHeaders = [{ name: 'X-Probe', value: 'live' }]
  const pod = podOf([app({ startupProbe: get('/', 'http', { httpHeaders }) })])
  expect(probeOf(pod, 'app', 'startup')).toMatchObject({ headers: httpHeaders })
})

test.each([
  ['of another kind', podOf([app({ readinessProbe: get('/', 80) })]), 'app'],
  ['of another container', podOf([app({}), { name: 'side', livenessProbe: get('/', 80) }]), 'app'],
  ['of a container that is not there', podOf([app({ livenessProbe: get('/', 80) })]), 'other'],
])('where there is only a probe %s, the promise is not even made', (_, pod, container) => {
  const ask = () => probeOf(pod, container, 'liveness')
  expect(ask).toThrow(PromiseNotMadeError)
  expect(ask).toThrow(`Pod/shop/web-1/${container}: has no liveness probe, so Kubernetes does nothing`)
})

test.each<[string, Pod, string]>([
  ['of no kind', podOf([app({ livenessProbe: {} })]), 'it asks nothing that is known'],
  [
    'of a host',
    podOf([app({ livenessProbe: get('/', 80, { host: '192.0.2.1' }) })]),
    'it asks host 192.0.2.1',
  ],
  [
    'of a host over tcp',
    podOf([app({ livenessProbe: { tcpSocket: { port: 80, host: '192.0.2.1' } } })]),
    'it asks host 192.0.2.1',
  ],
  [
    'on the host network',
    podOf([app({ livenessProbe: get('/', 80) })], { hostNetwork: true }),
    'the pod is on the host network',
  ],
])('a probe %s is refused, and it is said why', (_, pod, why) => {
  const ask = () => probeOf(pod, 'app', 'liveness')
  expect(ask).toThrow(UsageError)
  expect(ask).toThrow(`Pod/shop/web-1/app: its liveness probe cannot be failed: ${why}`)
})

test('a named port that its container does not declare is refused', () => {
  const pod = podOf([app({ livenessProbe: get('/', 'metrics') })])
  expect(() => probeOf(pod, 'app', 'liveness')).toThrow(
    'Container app: declares no port named "metrics", which its liveness probe asks',
  )
})

test('a command has no traffic: it can be failed on the host network too', () => {
  const pod = podOf([app({ livenessProbe: { exec: { command: ['true'] } } })], { hostNetwork: true })
  expect(probeOf(pod, 'app', 'liveness')).toMatchObject({ by: 'exec' })
})

function alikeTo(probes: Partial<Container>, ...others: Container[]): string[] {
  const pod = podOf([app({ livenessProbe: get('/healthz', 'http'), ...probes }), ...others])
  return failAlong(pod, probeOf(pod, 'app', 'liveness')).map(({ container, kind }) => `${container} ${kind}`)
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

test('what speaks gRPC on the port of the proxy fails along; a mere connection is accepted', () => {
  expect(alikeTo({ readinessProbe: { grpc: { port: 8080 } } })).toEqual(['app readiness'])
  expect(alikeTo({ readinessProbe: { tcpSocket: { port: 8080 } } })).toEqual([])
})

test.each(['tcpSocket', 'grpc', 'https'])(
  'where the whole port fails, as for %s, every probe of the pod on it does',
  (by) => {
    const livenessProbe =
      by === 'https' ? get('/healthz', 8080, { scheme: 'HTTPS' }) : { [by]: { port: 8080 } }
    const side = { name: 'side', startupProbe: { grpc: { port: 8080 } }, livenessProbe: get('/', 9090) }
    expect(alikeTo({ livenessProbe, readinessProbe: get('/ready', 'http') }, side)).toEqual([
      'app readiness',
      'side startup',
    ])
    const elsewhere = { tcpSocket: { port: 8080, host: '192.0.2.1' } }
    expect(alikeTo({ livenessProbe, readinessProbe: elsewhere })).toEqual([])
  },
)

test('the same command in the same container fails along, and no other', () => {
  const exec = (...command: string[]) => ({ exec: { command } })
  const livenessProbe = exec('cat', '/ok')
  const side = { name: 'side', livenessProbe }
  expect(alikeTo({ livenessProbe, readinessProbe: exec('cat', '/ok') }, side)).toEqual(['app readiness'])
  expect(alikeTo({ livenessProbe, readinessProbe: exec('cat', '/ready') })).toEqual([])
  expect(alikeTo({ livenessProbe, readinessProbe: exec('cat /ok') })).toEqual([])
  expect(alikeTo({ livenessProbe, readinessProbe: get('/healthz', 'http') })).toEqual([])
})
