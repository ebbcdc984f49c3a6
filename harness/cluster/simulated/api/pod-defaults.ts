import type { PodObject } from '../../kube.ts'
import { quantityOf } from './quantity.ts'

type PodSpec = NonNullable<PodObject['spec']>
type Container = PodSpec['containers'][number]
type Probe = NonNullable<Container['livenessProbe']>
type Lifecycle = NonNullable<Container['lifecycle']>
type Hook = NonNullable<Lifecycle['preStop']>
type HttpGet = NonNullable<Probe['httpGet']>
type Toleration = NonNullable<PodSpec['tolerations']>[number]

/**
 * A pod with what the API server and its admission plugins fill in (Priority, ServiceAccount,
 * DefaultTolerationSeconds), and with the status of a new one where it has none.
 */
export function withPodDefaults(pod: PodObject, tolerationSeconds: number): PodObject {
  if (!pod.spec) return pod
  const own = podSpecDefaults(pod.spec)
  const spec = {
    enableServiceLinks: true,
    serviceAccountName: 'default',
    serviceAccount: 'default',
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    ...own,
    tolerations: [...(own.tolerations ?? []), ...missingTolerations(own, tolerationSeconds)],
  }
  return { ...pod, spec, status: pod.status ?? { phase: 'Pending', qosClass: qosClassOf(spec) } }
}

/** What a template has filled in too. kubernetes/pkg/apis/core/v1/defaults.go: SetDefaults_PodSpec and others. */
export function podSpecDefaults(spec: PodSpec): PodSpec {
  const { initContainers, volumes } = spec
  return {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    ...spec,
    containers: spec.containers.map(containerDefaults),
    ...(initContainers && { initContainers: initContainers.map(containerDefaults) }),
    ...(volumes && { volumes: volumes.map(volumeDefaults) }),
  }
}

function containerDefaults(container: Container): Container {
  const { ports, env, livenessProbe, readinessProbe, startupProbe, lifecycle, resources = {} } = container
  const { requests, limits } = resources
  return {
    imagePullPolicy: pullPolicyOf(container.image ?? ''),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...container,
    // Who names a limit alone asks for as much.
    resources: { ...resources, ...(limits && { requests: { ...limits, ...requests } }) },
    ...(ports && { ports: ports.map((port) => ({ protocol: 'TCP', ...port })) }),
    ...(env && { env: env.map(envDefaults) }),
    ...(livenessProbe && { livenessProbe: probeDefaults(livenessProbe) }),
    ...(readinessProbe && { readinessProbe: probeDefaults(readinessProbe) }),
    ...(startupProbe && { startupProbe: probeDefaults(startupProbe) }),
    ...(lifecycle && { lifecycle: lifecycleDefaults(lifecycle) }),
  }
}

/** https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting */
function pullPolicyOf(image: string): string {
  if (image.includes('@')) return 'IfNotPresent'
  const [, tag = 'latest'] = image.slice(image.lastIndexOf('/') + 1).split(':')
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}

type EnvVar = NonNullable<Container['env']>[number]

function envDefaults(variable: EnvVar): EnvVar {
  const fieldRef = variable.valueFrom?.fieldRef
  return fieldRef ? { ...variable, valueFrom: { fieldRef: { apiVersion: 'v1', ...fieldRef } } } : variable
}

/** A 0 is the same as nothing: Go leaves it out. */
function probeDefaults(probe: Probe): Probe {
  const { httpGet, grpc, timeoutSeconds, periodSeconds, successThreshold, failureThreshold } = probe
  return {
    ...probe,
    timeoutSeconds: timeoutSeconds || 1,
    periodSeconds: periodSeconds || 10,
    successThreshold: successThreshold || 1,
    failureThreshold: failureThreshold || 3,
    ...(httpGet && { httpGet: httpGetDefaults(httpGet) }),
    ...(grpc && { grpc: { service: '', ...grpc } }),
  }
}

function httpGetDefaults(httpGet: HttpGet): HttpGet {
  return { ...httpGet, path: httpGet.path || '/', scheme: httpGet.scheme ?? 'HTTP' }
}

function lifecycleDefaults({ postStart, preStop }: Lifecycle): Lifecycle {
  const hook = (of: Hook): Hook => (of.httpGet ? { ...of, httpGet: httpGetDefaults(of.httpGet) } : of)
  return { ...(postStart && { postStart: hook(postStart) }), ...(preStop && { preStop: hook(preStop) }) }
}

type Volume = NonNullable<PodSpec['volumes']>[number]

function volumeDefaults(volume: Volume): Volume {
  const { configMap, secret, hostPath } = volume
  return {
    ...volume,
    ...(configMap && { configMap: { defaultMode: 420, ...configMap } }),
    ...(secret && { secret: { defaultMode: 420, ...secret } }),
    ...(hostPath && { hostPath: { type: '', ...hostPath } }),
  }
}

/** kubernetes/plugin/pkg/admission/defaulttolerationseconds/admission.go */
function missingTolerations({ tolerations = [] }: PodSpec, tolerationSeconds: number): Toleration[] {
  return ['not-ready', 'unreachable'].flatMap((state) => {
    const wanted = `node.kubernetes.io/${state}`
    const isTolerated = tolerations.some(
      ({ key, effect }) => (!key || key === wanted) && (!effect || effect === 'NoExecute'),
    )
    if (isTolerated) return []
    return [{ key: wanted, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }]
  })
}

type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
function qosClassOf({ containers, initContainers = [] }: PodSpec): QosClass {
  const wants = [...containers, ...initContainers].flatMap(({ resources }) =>
    ['cpu', 'memory'].map((name) => ({
      request: quantityOf(resources?.requests?.[name] ?? 0) ?? 0,
      limit: quantityOf(resources?.limits?.[name] ?? 0) ?? 0,
    })),
  )
  if (wants.every(({ request, limit }) => request === 0 && limit === 0)) return 'BestEffort'
  return wants.every(({ request, limit }) => limit > 0 && request === limit) ? 'Guaranteed' : 'Burstable'
}
