import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../kube.ts'
import { simulatedKube } from '../kube.ts'
import { deployment, fakeWorld, refusal, shopPod } from '../testing.ts'

const container = { name: 'web', image: 'web:dev' }
const httpGet = { path: '/', port: 'http', httpHeaders: [{ name: 'X', value: 'y' }], scheme: 'HTTP' }
const timing = { initialDelaySeconds: 1, timeoutSeconds: 1, periodSeconds: 1, failureThreshold: 1 }

/** All that the model honours of a pod. */
const full = {
  containers: [
    {
      ...container,
      ...{ command: ['node'], args: ['x'], imagePullPolicy: 'Never' },
      env: [
        { name: 'A', value: '$(date)' },
        { name: 'B', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ],
      ports: [
        { name: 'http', containerPort: 80 },
        { containerPort: 81, protocol: 'TCP' },
      ],
      livenessProbe: { httpGet, ...timing, successThreshold: 1, terminationGracePeriodSeconds: 3 },
      readinessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 },
      startupProbe: { exec: { command: ['true'] } },
      lifecycle: { postStart: { exec: { command: ['true'] } }, preStop: { sleep: { seconds: 3 } } },
      volumeMounts: [{ name: 'settings', mountPath: '/settings', readOnly: true }],
    },
  ],
  initContainers: [container, container].map((one, at) => ({
    ...{ ...one, name: `init${at}` },
    ...(at === 1 && { restartPolicy: 'Always', livenessProbe: { grpc: { port: 9 } } }),
  })),
  volumes: [{ name: 'settings', configMap: { name: 'settings' } }],
  ...{ nodeName: 'n1', nodeSelector: { zone: 'a' }, restartPolicy: 'Always', serviceAccountName: 'default' },
  ...{ automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 5 },
  tolerations: [{ key: 'a', operator: 'Equal', value: 'b', effect: 'NoExecute', tolerationSeconds: 5 }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }],
      },
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key: 'zone', operator: 'Exists' }] } },
      ],
    },
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' },
      ],
    },
  },
}

const apply = (object: KubeObject) => {
  const world = fakeWorld()
  world.store.create('ConfigMap', { metadata: { name: 'settings', namespace: 'shop' } })
  return simulatedKube(world, { version: 'v1.34.4' }).apply(object)
}
const told = async (object: KubeObject) => {
  const [code, reason, message] = await refusal(apply(object))
  expect([code, reason]).toEqual([422, 'Invalid'])
  return message
}
const object = (kind: string, more: object, name = 'x') =>
  ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'shop' }, ...more }) as KubeObject
const unmodelled = 'is not modelled by the simulated cluster (or misspelt)'

test('all that is modelled is taken, and taken back with its defaults', async () => {
  const made = await apply(shopPod('web', full))
  const { name, namespace } = made.metadata ?? {}
  await expect(apply({ ...made, metadata: { name, namespace } } as KubeObject)).resolves.toBeDefined()
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: '0%' } }
  const timing = { minReadySeconds: 1, revisionHistoryLimit: 2, progressDeadlineSeconds: 60, paused: false }
  const rolled = await apply(deployment({ replicas: 0, strategy, ...timing }, full))
  const metadata = { name: 'web', namespace: 'shop' }
  await expect(apply({ ...rolled, metadata } as KubeObject)).resolves.toBeDefined()
  await expect(apply(deployment({ strategy: { type: 'Recreate' } }))).resolves.toBeDefined()
})

test.each([
  object('Secret', { stringData: { key: 'value' } }),
  object('ConfigMap', { data: { 'a.conf': 'x' } }),
  object('ResourceQuota', { spec: { hard: { pods: 3, 'count/pods': '4' } } }),
  object('Service', { spec: { selector: { app: 'x' }, ports: [{ port: 80, targetPort: 'http' }] } }),
  object('Service', { spec: { clusterIP: 'None', selector: { app: 'x' } } }),
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other', labels: { a: 'b' } } },
])('$kind is taken, and taken back', async (given) => {
  const kube = simulatedKube(fakeWorld(), { version: 'v1.34.4' })
  const made = await kube.apply(given as KubeObject)
  const { name, namespace } = made.metadata ?? {}
  await kube.apply({ ...made, metadata: { name, ...(namespace && { namespace }) } } as KubeObject)
})

describe('what is not modelled is refused', () => {
  test('field by field, each by its path', async () => {
    const side = {
      ...container,
      name: 'side',
      tty: true,
      livenessProbe: { httpGet: { port: 80, host: 'h' } },
    }
    const message = await told(
      deployment(
        { replcias: 3 },
        { hostPID: true, containers: [container, side], priorityClassName: 'high' },
      ),
    )
    expect(message).toBe(
      `apps/v1/Deployment/shop/web: ${[
        'spec.template.spec.containers[1].livenessProbe.httpGet.host',
        'spec.template.spec.containers[1].tty',
        'spec.template.spec.hostPID',
        'spec.template.spec.priorityClassName',
        'spec.replcias',
      ]
        .map((path) => `${path}: ${unmodelled}`)
        .join('; ')}; leave them out, or run on kind`,
    )
  })

  test('one field with the way out of it', async () => {
    expect(await told(deployment({}, { hostPID: true }))).toBe(
      `apps/v1/Deployment/shop/web: spec.template.spec.hostPID: ${unmodelled}; leave it out, or run on kind`,
    )
  })

  test('kinds too', async () => {
    expect(await told(object('StatefulSet', { apiVersion: 'apps/v1' }))).toBe(
      'apps/v1/StatefulSet/shop/x: StatefulSet is a kind that is not modelled by the simulated cluster; leave it out, or run on kind',
    )
    expect(await told(object('EndpointSlice', { apiVersion: 'discovery.k8s.io/v1' }))).toContain(
      'kind: EndpointSlice is written by the cluster itself alone',
    )
  })

  test.each([
    [{ hostNetwork: true }, 'spec.hostNetwork: true'],
    [{ dnsPolicy: 'None' }, 'spec.dnsPolicy: "None"'],
    [{ serviceAccountName: 'mine' }, 'spec.serviceAccountName: "mine"'],
    [{ volumes: [{ name: 'a', hostPath: { path: '/' } }] }, `spec.volumes[0].hostPath: ${unmodelled}`],
    [{ containers: [{ ...container, securityContext: { privileged: true } }] }, 'securityContext'],
    [{ initContainers: [{ ...container, name: 'i', restartPolicy: 'Never' }] }, 'restartPolicy: "Never"'],
    [
      { containers: [{ ...container, env: [{ name: 'A', value: 'x' }], args: ['--a=$(A)'] }] },
      'spec.containers[0].args: $(NAME) of a variable',
    ],
  ])('of a pod: %j', async (spec, words) => {
    expect(await told(shopPod('web', spec))).toContain(words)
  })

  test('but of rolypoly`s own pods more is', async () => {
    const labels = { 'app.kubernetes.io/managed-by': 'rolypoly' }
    const own = { ...container, securityContext: { privileged: true, runAsUser: 0 } }
    const volumes = [{ name: 'host', hostPath: { path: '/' } }]
    await expect(
      apply(shopPod('web', { containers: [own], volumes, hostNetwork: true }, labels)),
    ).resolves.toBeDefined()
  })
})

describe('what Kubernetes refuses is refused', () => {
  test.each<[object, string]>([
    [{ replicas: -1 }, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    [{ replicas: 1.5 }, 'spec.replicas: Invalid value: 1.5: a whole number is expected'],
    [{ replicas: 'three' }, 'spec.replicas: Invalid value: "three": a number is expected'],
    [{ selector: undefined }, 'spec.selector: Required value'],
    [{ selector: { matchLabels: {} } }, 'empty selector is invalid'],
    [
      { selector: { matchLabels: { app: 'other' } } },
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
    [{ strategy: { type: 'Sudden' } }, 'supported values: "RollingUpdate", "Recreate"'],
    [
      { strategy: { type: 'Recreate', rollingUpdate: {} } },
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } },
      'may not be 0 when `maxSurge` is 0',
    ],
    [{ strategy: { rollingUpdate: { maxSurge: 'many' } } }, 'a percentage such as 25% is expected'],
    [{ minReadySeconds: 600 }, 'must be greater than minReadySeconds'],
  ])('of a Deployment: %j', async (spec, words) => {
    expect(await told(deployment(spec))).toContain(words)
  })

  test.each<[object, string]>([
    [{ containers: [] }, 'spec.containers: Required value'],
    [{ containers: [{ name: 'web' }] }, 'spec.containers[0].image: Required value'],
    [{ containers: [{ ...container, name: 'Web' }] }, 'spec.containers[0].name: Invalid value: "Web"'],
    [{ containers: [container, container] }, 'spec.containers[1].name: Duplicate value: "web"'],
    [{ initContainers: [container] }, 'spec.containers[0].name: Duplicate value: "web"'],
    [{ restartPolicy: 'Sometimes' }, 'spec.restartPolicy: Unsupported value: "Sometimes"'],
    [{ terminationGracePeriodSeconds: -1 }, 'spec.terminationGracePeriodSeconds: Invalid value: -1'],
    [{ tolerations: [{ key: 'a', value: 'b', tolerationSeconds: 3 }] }, "effect must be 'NoExecute'"],
    [{ tolerations: [{ value: 'b' }] }, 'operator must be Exists when `key` is empty'],
    [{ volumes: [{ name: 'a' }] }, 'spec.volumes[0]: Required value: must specify a volume type'],
    [
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }],
            },
          },
        },
      },
      'nodeSelectorTerms[0].matchExpressions[0].values: Required value',
    ],
  ])('of a pod: %j', async (spec, words) => {
    expect(await told(shopPod('web', spec))).toContain(words)
  })

  test.each<[object, string]>([
    [{ livenessProbe: {} }, 'livenessProbe: Required value: must specify a handler type'],
    [
      { livenessProbe: { exec: { command: ['true'] }, tcpSocket: { port: 1 } } },
      'Forbidden: may not specify more than 1 handler type',
    ],
    [
      { livenessProbe: { tcpSocket: { port: 1 }, successThreshold: 2 } },
      'successThreshold: Invalid value: 2: must be 1',
    ],
    [
      { livenessProbe: { tcpSocket: { port: 99_999 } } },
      'tcpSocket.port: Invalid value: 99999: must be no more than 65535',
    ],
    [{ livenessProbe: { tcpSocket: { port: true } } }, 'a number from 1 to 65535 or the name of a port'],
    [
      { readinessProbe: { tcpSocket: { port: 1 }, terminationGracePeriodSeconds: 1 } },
      'must not be set for readinessProbes',
    ],
    [{ lifecycle: { preStop: { sleep: { seconds: 31 } } } }, 'terminationGracePeriodSeconds (30)'],
    [{ volumeMounts: [{ name: 'none', mountPath: '/' }] }, 'volumeMounts[0].name: Not found: "none"'],
    [
      {
        ports: [
          { name: 'a', containerPort: 1 },
          { name: 'a', containerPort: 2 },
        ],
      },
      'ports[1].name: Duplicate value: "a"',
    ],
    [{ resources: { limits: { cpu: 'lots' } } }, 'a quantity such as 100m or 64Mi is expected'],
    [
      { resources: { limits: { cpu: '1' }, requests: { cpu: 2 } } },
      'must be less than or equal to cpu limit of 1',
    ],
    [{ env: [{ name: 'A', value: 3 }] }, 'env[0].value: Invalid value: 3: a string is expected'],
  ])('of a container: %j', async (more, words) => {
    expect(await told(shopPod('web', { containers: [{ ...container, ...more }] }))).toContain(words)
  })

  test.each([
    [{ resources: { requests: { cpu: 1 } } }, 'containers[0].resources.requests: is not modelled'],
    [{ resources: { limits: { memory: '1Gi' } } }, 'containers[0].resources.limits: is not modelled'],
    [
      { readinessProbe: { exec: { command: ['pg_isready'] } } },
      'containers[0].readinessProbe.exec.command: a sim',
    ],
    [
      { lifecycle: { preStop: { exec: { command: ['sh', '-c', 'nginx -s quit; sleep 3'] } } } },
      'containers[0].lifecycle.preStop.exec.command: a simulated container knows only cat,',
    ],
  ])('what would be ignored of a container is refused: %j', async (more, words) => {
    const containers = [{ ...container, ...more }]
    expect(await told(shopPod('web', { containers }))).toContain(`spec.${words}`)
    expect(await told(deployment({}, { containers }))).toContain(`spec.template.spec.${words}`)
  })

  test.each([
    [{ emptyDir: { medium: 'Memory' } }, 'emptyDir.medium: is not modelled'],
    [{ secret: { secretName: 'keys' } }, 'secret: is not modelled'],
    [{ configMap: { name: 'other' } }, 'configMap.name: there is no ConfigMap other yet'],
  ])('what would be ignored of a volume is refused: %j', async (source, words) => {
    const volumes = [{ name: 'one', ...source }]
    expect(await told(shopPod('web', { volumes }))).toContain(`spec.volumes[0].${words}`)
  })

  test('an init container that ends has no probes', async () => {
    const init = { ...container, name: 'init', readinessProbe: { tcpSocket: { port: 1 } } }
    expect(await told(shopPod('web', { initContainers: [init] }))).toContain(
      'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers',
    )
  })

  test.each<[object, string]>([
    [{ ports: [] }, 'spec.ports: Required value'],
    [
      { ports: [{ port: 80 }, { port: 81 }] },
      'spec.ports[0].name: Required value; spec.ports[1].name: Required value',
    ],
    [
      {
        ports: [
          { name: 'a', port: 80 },
          { name: 'a', port: 81 },
        ],
      },
      'spec.ports[1].name: Duplicate value: "a"',
    ],
    [{ ports: [{ port: 80 }], type: 'LoadBalancer' }, 'spec.type: "LoadBalancer" is not modelled'],
  ])('of a Service: %j', async (spec, words) => {
    expect(await told(object('Service', { spec }))).toContain(words)
  })

  test('of names and labels', async () => {
    expect(await told(object('ConfigMap', {}, 'Big_Name'))).toContain(
      'metadata.name: Invalid value: "Big_Name"',
    )
    expect(await told(object('Service', { spec: { ports: [{ port: 1 }] } }, '1a'))).toContain(
      'a DNS-1035 label',
    )
    const metadata = { name: 'x', namespace: 'shop', labels: { 'a/b/c': 'd', e: 'f g' } }
    const message = await told(object('ConfigMap', { metadata }))
    expect(message).toContain('metadata.labels[a/b/c]: Invalid value: "a/b/c": a label key')
    expect(message).toContain('metadata.labels.e: Invalid value: "f g": a label value')
  })

  test('together with what is not modelled', async () => {
    const message = await told(
      deployment({ replicas: -1, selector: { matchLabels: { a: 'b' } }, replcias: 1 }),
    )
    expect(message).toContain('spec.replicas: Invalid value: -1')
    expect(message).toContain('spec.replcias: is not modelled')
    expect(message).toContain('`selector` does not match')
  })
})
