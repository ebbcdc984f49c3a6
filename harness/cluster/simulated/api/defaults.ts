import type { KubeObject } from '../../kube.ts'
import type { KindName } from '../kinds.ts'
import type { ObjectOf } from '../store.ts'
import { podSpecDefaults, withPodDefaults } from './pod-defaults.ts'

type Deployment = ObjectOf<'Deployment'>
type ReplicaSet = ObjectOf<'ReplicaSet'>
type Job = ObjectOf<'Job'>
type Service = ObjectOf<'Service'>
type Plain = ObjectOf<'ConfigMap'>

/** What a default may depend on beside the object itself. */
export interface DefaultsOptions {
  /** Of pods that are on a node that is not ready, or unreachable. */
  tolerationSeconds: number
  /** A ClusterIP that no Service has. */
  clusterIp(): string
}

/**
 * An object with all that the API server fills in where it says nothing, the status of a new object among it.
 * kubernetes/pkg/apis/core/v1/defaults.go, kubernetes/pkg/apis/apps/v1/defaults.go.
 */
export function withDefaults(kind: KindName, object: KubeObject, options: DefaultsOptions): KubeObject {
  switch (kind) {
    case 'Pod':
      return withPodDefaults(object as ObjectOf<'Pod'>, options.tolerationSeconds)
    case 'Deployment':
      return deploymentDefaults(object as Deployment)
    case 'ReplicaSet':
      return replicaSetDefaults(object as ReplicaSet)
    case 'Job':
      return jobDefaults(object as Job)
    case 'Service':
      return serviceDefaults(object as Service, options)
    case 'Namespace':
      return namespaceDefaults(object as Plain)
    case 'Secret':
      return secretDefaults(object as Plain)
    case 'ResourceQuota':
      return quotaDefaults(object as Plain)
    case 'Node':
      return { spec: {}, status: {}, ...object } as KubeObject
    default:
      return object
  }
}

function deploymentDefaults(deployment: Deployment): Deployment {
  const { spec } = deployment
  if (!spec?.template) return deployment
  const { type = 'RollingUpdate', rollingUpdate } = spec.strategy ?? {}
  const rolling = { maxSurge: '25%', maxUnavailable: '25%', ...rollingUpdate }
  return {
    ...deployment,
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
      strategy: {
        type,
        ...(type === 'RollingUpdate' ? { rollingUpdate: rolling } : rollingUpdate && { rollingUpdate }),
      },
      template: templateDefaults(spec.template),
    },
    status: deployment.status ?? {},
  }
}

function replicaSetDefaults(replicaSet: ReplicaSet): ReplicaSet {
  const { spec } = replicaSet
  if (!spec?.template) return replicaSet
  return {
    ...replicaSet,
    spec: { replicas: 1, ...spec, template: templateDefaults(spec.template) },
    status: replicaSet.status ?? { replicas: 0 },
  }
}

/** kubernetes/pkg/apis/batch/v1/defaults.go: SetDefaults_Job. */
function jobDefaults(job: Job): Job {
  const { spec } = job
  if (!spec?.template) return job
  const { completions, parallelism } = spec
  return {
    ...job,
    spec: {
      ...{ backoffLimit: 6, completionMode: 'NonIndexed', suspend: false },
      podReplacementPolicy: 'TerminatingOrFailed',
      ...(completions === undefined && parallelism === undefined && { completions: 1 }),
      ...{ parallelism: 1, ...spec },
      template: templateDefaults(spec.template),
    },
    status: job.status ?? {},
  }
}

type Template = NonNullable<Deployment['spec']>['template']

function templateDefaults(template: Template): Template {
  return template.spec ? { ...template, spec: podSpecDefaults(template.spec) } : template
}

function serviceDefaults(service: Service, { clusterIp }: DefaultsOptions): Service {
  const { spec = {} } = service
  const ip = spec.clusterIP || clusterIp()
  return {
    ...service,
    spec: {
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      type: 'ClusterIP',
      ...spec,
      clusterIP: ip,
      clusterIPs: [ip],
      ...(spec.ports && {
        ports: spec.ports.map((port) => ({ protocol: 'TCP', targetPort: port.port, ...port })),
      }),
    },
    status: service.status ?? { loadBalancer: {} },
  }
}

function namespaceDefaults(namespace: Plain): Plain {
  const { metadata } = namespace
  const labels = { ...metadata?.labels, 'kubernetes.io/metadata.name': metadata?.name ?? '' }
  return {
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
    ...namespace,
    metadata: { ...metadata, labels },
  }
}

/** What is given as text is kept as base64. */
function secretDefaults(secret: Plain): Plain {
  const { stringData = {}, ...rest } = secret as Plain & { stringData?: Record<string, string> }
  const encoded = Object.entries(stringData).map(([name, value]) => [
    name,
    Buffer.from(value).toString('base64'),
  ])
  const data = { ...(rest.data as object | undefined), ...Object.fromEntries(encoded) }
  return { type: 'Opaque', ...rest, ...(Object.keys(data).length > 0 && { data }) }
}

function quotaDefaults(quota: Plain): Plain {
  const { hard = {} } = (quota.spec ?? {}) as { hard?: Record<string, unknown> }
  const amounts = Object.entries(hard).map(([name, value]) => [name, String(value)])
  return { status: {}, ...quota, spec: { hard: Object.fromEntries(amounts) } }
}
