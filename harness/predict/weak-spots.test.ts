import { describe, expect, test } from 'vitest'
import { selects } from '../model/label-selector.ts'
import {
  type BudgetSpec,
  type ContainerSpec,
  type PodSpec,
  roomOf,
  type ServiceSpec,
  type WorkloadSpec,
  weakSpots,
} from './weak-spots.ts'

const get = (path: string, port: number | string = 'http') => ({ httpGet: { path, port } })
const app: ContainerSpec = {
  name: 'app',
  ports: [{ name: 'http', containerPort: 8080 }],
  lifecycle: { preStop: { sleep: { seconds: 5 } } },
  startupProbe: { ...get('/healthz'), periodSeconds: 2, failureThreshold: 30 },
  livenessProbe: { ...get('/healthz'), periodSeconds: 10, timeoutSeconds: 2 },
  readinessProbe: { ...get('/ready'), periodSeconds: 5, timeoutSeconds: 2 },
}
const workloadOf = (pod: PodSpec, more: Partial<WorkloadSpec> = {}): WorkloadSpec => ({
  ...{ subject: 'Deployment/web', kind: 'Deployment', replicas: 3, labels: { app: 'web' }, pod },
  ...more,
})
const web = workloadOf({ containers: [app] })
const service: ServiceSpec = {
  ...{ subject: 'Service/web', selector: { app: 'web' }, targetPorts: ['http'] },
  ...{ publishNotReadyAddresses: false, headless: false },
}
const budget: BudgetSpec = {
  ...{ subject: 'PodDisruptionBudget/web', selector: { matchLabels: { app: 'web' } }, maxUnavailable: 1 },
}

/** What is weak in a workload behind the Service and under the budget, as `subject: weakness`. */
function weaknesses(
  workload: WorkloadSpec,
  services: ServiceSpec[] = [service],
  budgets: BudgetSpec[] = [budget],
  others: WorkloadSpec[] = [],
): string[] {
  const workloads = [workload, ...others]
  return weakSpots(workload, { workloads, services, budgets }).map(
    ({ subject, weakness }) => `${subject}: ${weakness}`,
  )
}

const withApp = (more: Partial<ContainerSpec>, pod: Partial<PodSpec> = {}) =>
  weaknesses(workloadOf({ containers: [{ ...app, ...more }], ...pod }))
const none: string[] = []
const ofApp = (weakness: string) => [`Deployment/web/app: ${weakness}`]
const ofWeb = (weakness: string) => [`Deployment/web: ${weakness}`]

test('a well-made workload has no weak spot', () => {
  expect(weaknesses(web)).toEqual(none)
  expect(weaknesses(web, [], [])).toEqual(none)
})

test('every weak spot says what follows from it and what to do, in sentences', () => {
  const spots = weakSpots(workloadOf({ containers: [{ name: 'app' }] }, { replicas: 1 }), {
    ...{ workloads: [], services: [service], budgets: [{ ...budget, maxUnavailable: 0 }] },
  })
  expect(spots.length).toBeGreaterThan(3)
  for (const { consequence, remedy } of spots) {
    expect(consequence).toMatch(/^[A-Z].*[^.]$/)
    expect(remedy).toMatch(/^[A-Z].*[^.]$/)
  }
})

describe('the stop of a container', () => {
  const sleep = (seconds: number) => ({ lifecycle: { preStop: { sleep: { seconds } } } })

  test('whose preStop outlasts the grace period, or all but outlasts it, ends with 137', () => {
    expect(withApp(sleep(40))).toEqual(ofApp('preStop 40 s exceeds the grace period of 30 s: expect 137'))
    expect(withApp(sleep(29))).toEqual(
      ofApp('preStop 29 s leaves 1 s of the grace period of 30 s: expect 137'),
    )
    expect(withApp(sleep(30))).toEqual(
      ofApp('preStop 30 s leaves 0 s of the grace period of 30 s: expect 137'),
    )
    expect(withApp(sleep(28))).toEqual(none)
    expect(withApp(sleep(40), { terminationGracePeriodSeconds: 60 })).toEqual(none)
  })

  test("is told of a command that sleeps, and of a probe's own grace period", () => {
    const command = ['/bin/sh', '-c', 'sleep 20 && nginx -s quit']
    const lifecycle = { preStop: { exec: { command } } }
    expect(withApp({ lifecycle }, { terminationGracePeriodSeconds: 15 })).toEqual(
      ofApp('preStop 20 s exceeds the grace period of 15 s: expect 137'),
    )
    const livenessProbe = { ...app.livenessProbe, terminationGracePeriodSeconds: 3 }
    expect(withApp({ livenessProbe })).toEqual(
      ofApp("preStop 5 s exceeds the liveness probe's own grace period of 3 s: expect 137"),
    )
    expect(withApp({ lifecycle: { preStop: { exec: { command: ['/drain'] } } } })).toEqual(none)
  })

  test('without a preStop hook may refuse what a Service still sends to it', () => {
    const { lifecycle: _, ...unhooked } = app
    const bare = workloadOf({ containers: [unhooked] })
    expect(weaknesses(bare)).toEqual(ofApp('no preStop hook, and Service/web sends to it'))
    expect(weaknesses(bare, [])).toEqual(none)
    expect(weaknesses(bare, [{ ...service, selector: { app: 'shop' } }])).toEqual(none)
    expect(weaknesses(bare, [{ ...service, selector: {} }])).toEqual(none)
  })

  test('is nothing where the grace period is 0', () => {
    expect(withApp({}, { terminationGracePeriodSeconds: 0 })).toEqual(
      ofWeb('terminationGracePeriodSeconds is 0'),
    )
  })
})

describe('a probe', () => {
  test('that is the same for liveness and readiness restarts what should only be left alone', () => {
    const weak = ofApp('its liveness probe asks what its readiness probe asks')
    const alike = (livenessProbe: ContainerSpec['livenessProbe'], readinessProbe = livenessProbe) =>
      withApp({ livenessProbe, readinessProbe })
    expect(alike(get('/healthz'))).toEqual(weak)
    expect(alike(get('/healthz', 8080), get('healthz', 'http'))).toEqual(weak)
    expect(alike({ tcpSocket: { port: 'http' } }, { tcpSocket: { port: 8080 } })).toEqual(weak)
    expect(alike({ grpc: { port: 8080 } })).toEqual(weak)
    expect(alike({ exec: { command: ['up'] }, timeoutSeconds: 5 })).toEqual(weak)
  })

  test('is not the same with another path, port, host, header, service or command', () => {
    const differ = (livenessProbe: ContainerSpec['livenessProbe'], readinessProbe: typeof livenessProbe) =>
      expect(withApp({ livenessProbe, readinessProbe })).toEqual(none)
    differ(get('/healthz'), get('/healthz?ready'))
    differ(get('/healthz', 8080), get('/healthz', 9090))
    differ(get('/'), {
      httpGet: { path: '/', port: 'http', httpHeaders: [{ name: 'x-probe', value: 'ready' }] },
    })
    differ({ tcpSocket: { port: 8080 } }, get('/'))
    differ({ grpc: { port: 1, service: 'live' } }, { grpc: { port: 1, service: 'ready' } })
    differ({ exec: { command: ['a'] }, timeoutSeconds: 5 }, { exec: { command: ['b'] } })
  })

  test('may be the same where liveness waits for at least twice as long: so Kubernetes documents it', () => {
    const readinessProbe = { ...get('/healthz'), failureThreshold: 3 }
    const withThreshold = (failureThreshold: number) =>
      withApp({ readinessProbe, livenessProbe: { ...get('/healthz'), failureThreshold } })
    expect(withThreshold(6)).toEqual(none)
    expect(withThreshold(5)).toHaveLength(1)
  })

  test('of liveness that allows a short start only kills a slow one in a loop', () => {
    const start = (livenessProbe: ContainerSpec['livenessProbe']) =>
      withApp({ startupProbe: undefined, livenessProbe: { ...get('/healthz'), ...livenessProbe } })
    const quick = { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 }
    expect(start(quick)).toEqual(
      ofApp('its liveness probe allows a start of 6 s at most, and there is no startup probe'),
    )
    expect(start({ ...quick, initialDelaySeconds: 4 })).toEqual(none)
    expect(start({})).toEqual(none)
    expect(withApp({ livenessProbe: { ...get('/healthz'), ...quick } })).toEqual(none)
  })

  test('of liveness that is hasty restarts under load', () => {
    const hasty = (more: object) =>
      withApp({ livenessProbe: { ...get('/healthz'), periodSeconds: 1, ...more } })
    expect(hasty({})).toEqual(ofApp('its liveness probe asks every second, and gives each answer one second'))
    expect(hasty({ periodSeconds: 2 })).toEqual(none)
  })

  test('of liveness that runs a command in one second restarts under load', () => {
    const exec = { command: ['true'] }
    expect(withApp({ livenessProbe: { exec } })).toEqual(
      ofApp('its liveness probe runs a command, and gives it one second'),
    )
    expect(withApp({ livenessProbe: { exec, timeoutSeconds: 2 } })).toEqual(none)
    expect(withApp({ readinessProbe: { exec } })).toEqual(none)
  })

  test.each([
    '/db',
    '/healthz/db',
    '/checkdb',
    '/health?redis',
    '/postgres',
    '/health/deep',
    '/deps',
    '/live-dep',
  ])('of liveness that asks %s asks for something else', (path) => {
    expect(withApp({ livenessProbe: get(path) })).toEqual(
      ofApp(`its liveness probe asks ${path}, which looks like a check of something else`),
    )
    expect(withApp({ readinessProbe: get(path) })).toEqual(none)
  })

  test.each([
    '/feedback',
    '/kneedeep',
    '/deployment',
    '/independent',
    '/deeply',
    '/healthz',
    '/',
    '/redistribute',
  ])('of liveness that asks %s does not', (path) => {
    expect(withApp({ livenessProbe: get(path) })).toEqual(none)
  })

  test('whose port is not declared cannot be asked', () => {
    for (const kind of ['liveness', 'readiness', 'startup']) {
      expect(withApp({ [`${kind}Probe`]: get('/own', 'admin') })).toEqual(
        ofApp(`its ${kind} probe asks port "admin", which the container does not declare`),
      )
    }
    expect(withApp({ livenessProbe: { tcpSocket: { port: 'admin' } } })).toHaveLength(1)
    expect(withApp({ livenessProbe: get('/own', 9090) })).toEqual(none)
  })

  test('with a threshold of 1 acts on a single answer', () => {
    for (const kind of ['liveness', 'readiness', 'startup']) {
      const probe = { ...get('/own'), periodSeconds: 20, failureThreshold: 1 }
      expect(withApp({ [`${kind}Probe`]: probe })).toEqual(
        ofApp(`the failureThreshold of its ${kind} probe is 1`),
      )
      expect(withApp({ [`${kind}Probe`]: { ...probe, failureThreshold: 2 } })).toEqual(none)
    }
  })

  test('with a time-out longer than its period is asked less often than it says', () => {
    const readinessProbe = { ...get('/ready'), periodSeconds: 2, timeoutSeconds: 5 }
    expect(withApp({ readinessProbe })).toEqual(
      ofApp('timeoutSeconds 5 of its readiness probe exceeds periodSeconds 2'),
    )
    expect(withApp({ readinessProbe: { ...readinessProbe, timeoutSeconds: 2 } })).toEqual(none)
  })

  test.each(['Never', 'OnFailure'])(
    'of liveness ends a container for good where restartPolicy is %s',
    (restartPolicy) => {
      expect(withApp({}, { restartPolicy })).toEqual(
        ofApp(`a liveness probe, and restartPolicy ${restartPolicy}`),
      )
      expect(withApp({}, { restartPolicy: 'Always' })).toEqual(none)
      expect(withApp({ livenessProbe: undefined }, { restartPolicy })).toEqual(ofApp('no liveness probe'))
    },
  )
})

describe('a probe that is not there', () => {
  test('leaves a hang unseen where it is liveness, of the only container too where nobody asks it', () => {
    expect(withApp({ livenessProbe: undefined })).toEqual(ofApp('no liveness probe'))
    expect(weaknesses(workloadOf({ containers: [{ name: 'app' }] }), [])).toEqual(ofApp('no liveness probe'))
  })

  test('lets requests come too early where it is readiness, behind a Service or not', () => {
    expect(withApp({ readinessProbe: undefined })).toEqual(
      ofApp('no readiness probe, and Service/web sends to it'),
    )
    const alone = workloadOf({ containers: [{ ...app, readinessProbe: undefined }] })
    expect(weaknesses(alone, [])).toEqual(ofApp('a liveness probe and no readiness probe'))
  })

  const side: ContainerSpec = { name: 'side' }
  const beside = (container: ContainerSpec, services = [service]) =>
    weaknesses(workloadOf({ containers: [app, container] }), services)

  test('is not missed of a container that nobody asks', () => {
    expect(beside(side)).toEqual(none)
  })

  test('is missed of the first, where no container declares the port that a Service sends to', () => {
    const { readinessProbe: _, ...unready } = app
    const pair = workloadOf({ containers: [unready, side] })
    expect(weaknesses(pair, [{ ...service, targetPorts: [7_000] }])).toEqual(
      ofApp('no readiness probe, and Service/web sends to it'),
    )
  })

  test('is missed of one that a Service sends to, or that declares a port beside one that is asked', () => {
    const ports = [{ name: 'metrics', containerPort: 9090 }]
    const live = { ...side, ports, livenessProbe: get('/healthz', 9090) }
    expect(beside(live)).toEqual([
      'Deployment/web/side: no readiness probe, though container app of its pod has one',
    ])
    expect(beside({ ...live, lifecycle: app.lifecycle }, [{ ...service, targetPorts: [9090] }])).toEqual([
      'Deployment/web/side: no readiness probe, and Service/web sends to it',
    ])
  })
})

describe('replicas', () => {
  test('of one leave none while it is away; of none there is nothing to say', () => {
    expect(weaknesses({ ...web, replicas: 1 }, [service], [])).toEqual(ofWeb('one replica'))
    expect(weaknesses({ ...web, kind: 'Job', replicas: 1 }, [service], [])).toEqual([])
    expect(weaknesses({ ...web, replicas: 0 }, [service], [])).toEqual(none)
    expect(weaknesses({ ...web, replicas: 2 }, [service], [])).toEqual(none)
  })

  test('of a bare Pod are never made again', () => {
    const pod = { ...web, subject: 'Pod/web', kind: 'Pod', replicas: 1 }
    expect(weaknesses(pod, [service], [])).toEqual(['Pod/web: a Pod by itself, without a controller'])
  })

  test.each<[string, Partial<BudgetSpec>, number]>([
    ['minAvailable 2', { minAvailable: 2 }, 2],
    ['minAvailable 100%', { minAvailable: '100%' }, 3],
    ['minAvailable 90%', { minAvailable: '90%' }, 5],
    ['maxUnavailable 0', { maxUnavailable: 0 }, 3],
    ['maxUnavailable 0%', { maxUnavailable: '0%' }, 3],
  ])('under a budget of %s can never be evicted', (limit, limits, replicas) => {
    const { maxUnavailable: _, ...rest } = budget
    const strict = { ...rest, ...limits }
    expect(weaknesses({ ...web, replicas }, [service], [strict])).toEqual(
      ofWeb(`${limit} of PodDisruptionBudget/web, for ${replicas} replicas, lets none be evicted`),
    )
    const elsewhere = { ...strict, selector: { matchLabels: { app: 'shop' } } }
    expect(weaknesses({ ...web, replicas }, [service], [elsewhere])).toEqual(none)
  })

  test.each<[Partial<BudgetSpec>, number]>([
    [{ minAvailable: 1 }, 2],
    [{ minAvailable: '50%' }, 3],
    [{ maxUnavailable: '1%' }, 2],
    [{ maxUnavailable: 'nonsense' }, 2],
    [{}, 2],
  ])('under a budget of %o can', (limits, replicas) => {
    const { maxUnavailable: _, ...rest } = budget
    expect(weaknesses({ ...web, replicas }, [service], [{ ...rest, ...limits }])).toEqual(none)
  })

  test('one behind a budget that keeps one is held twice over, and another workload under it sets it free', () => {
    const one = { ...web, replicas: 1 }
    const { maxUnavailable: _, ...rest } = budget
    const keepsOne = { ...rest, minAvailable: 1 }
    expect(weaknesses(one, [service], [keepsOne])).toEqual([
      ...ofWeb('one replica'),
      ...ofWeb('minAvailable 1 of PodDisruptionBudget/web, for one replica, lets none be evicted'),
    ])
    expect(weaknesses(one, [service], [keepsOne], [{ ...one, subject: 'Deployment/blue' }])).toEqual(
      ofWeb('one replica'),
    )
  })

  test('are all taken down by a rollout that recreates, or that may take them all', () => {
    const rolled = (strategy: WorkloadSpec['strategy'], replicas = 3) =>
      weaknesses({ ...web, replicas, strategy })
    expect(rolled({ type: 'Recreate' })).toEqual(ofWeb('its strategy is Recreate'))
    const upTo = (maxUnavailable: number | string) => ({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable },
    })
    expect(rolled(upTo('100%'))).toEqual(ofWeb('maxUnavailable 100% of its strategy is all of its replicas'))
    expect(rolled(upTo(3))).toEqual(ofWeb('maxUnavailable 3 of its strategy is all of its replicas'))
    expect(rolled(upTo('99%'))).toEqual(none)
    expect(rolled(upTo(2))).toEqual(none)
    expect(rolled({ type: 'RollingUpdate' })).toEqual(none)
  })

  test('that bear an unreachable node for ever stay on it', () => {
    const borne = (tolerations: PodSpec['tolerations']) => withApp({}, { tolerations })
    const key = 'node.kubernetes.io/unreachable'
    const weak = ofWeb('it tolerates an unreachable node without an end')
    expect(borne([{ key, operator: 'Exists', effect: 'NoExecute' }])).toEqual(weak)
    expect(borne([{ operator: 'Exists' }])).toEqual(weak)
    expect(borne([{ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }])).toEqual(none)
    expect(borne([{ key: 'dedicated', operator: 'Exists' }])).toEqual(none)
    const bare = { ...web, kind: 'Pod', pod: { ...web.pod, tolerations: [{ operator: 'Exists' }] } }
    expect(weaknesses(bare)).toEqual(ofWeb('a Pod by itself, without a controller'))
  })

  test('that are not ready are sent to by a Service that publishes them, but for a headless one', () => {
    const published = { ...service, publishNotReadyAddresses: true }
    expect(weaknesses(web, [published])).toEqual(ofWeb('Service/web publishes addresses that are not ready'))
    expect(weaknesses(web, [{ ...published, headless: true }])).toEqual(none)
    expect(weaknesses(web, [service, { ...published, selector: { app: 'shop' } }])).toEqual(none)
  })
})

test.each<[string, Parameters<typeof selects>[0], boolean]>([
  ['nothing', {}, true],
  ['its label', { matchLabels: { app: 'web' } }, true],
  ['another', { matchLabels: { app: 'web', tier: 'front' } }, false],
  ['one of several', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'shop'] }] }, true],
  ['none of several', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
  ['a key that is not there', { matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, false],
  ['the lack of one', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, true],
  ['not a value of none', { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['x'] }] }, true],
])('a selector that asks for %s', (_, selector, does) => {
  expect(selects(selector, { app: 'web' })).toBe(does)
})

test.each<[string, Partial<BudgetSpec>[], number | null]>([
  ['no budget', [], null],
  ['a budget of others', [{ selector: { matchLabels: { app: 'other' } }, maxUnavailable: 1 }], null],
  ['one that spares a number', [{ maxUnavailable: 2 }], 2],
  ['one that keeps a percentage', [{ minAvailable: '50%' }], 1],
  ['one that keeps more than there are', [{ minAvailable: 5 }], 0],
  ['the stricter of two', [{ maxUnavailable: 2 }, { maxUnavailable: 1 }], 1],
])('under %s so many may be evicted at once', (_, parts, wanted) => {
  const workload = { ...web, replicas: 3 }
  const budgets = parts.map((part) => {
    const { maxUnavailable: _, minAvailable: __, ...rest } = budget
    return { ...rest, ...part }
  })
  expect(roomOf(workload, budgets, [workload])).toBe(wanted)
})
