import type {
  CronJobObject,
  DeploymentObject,
  KubeObject,
  PodObject,
  ServiceObject,
} from '../cluster/kube.ts'
import { nameOf } from '../cluster/kube.ts'
import { UsageError } from '../model/errors.ts'
import type { Chart } from './chart.ts'
import type { PodSpec } from './workload.ts'

/** Pods that a chart will have: the labels and the spec that each gets. */
export interface PodTemplate {
  owner: KubeObject
  labels: Record<string, string>
  spec: PodSpec
}

const hurtable = ['Pod', 'Deployment', 'Job', 'CronJob']

/** The Deployments, Jobs, CronJobs and bare Pods of a chart: those that claims are made about. */
export function podTemplates(chart: Chart): PodTemplate[] {
  return allPodTemplates(chart).filter(({ owner }) => hurtable.includes(owner.kind ?? ''))
}

/** Whatever of a chart makes pods by a template, a StatefulSet too. */
function allPodTemplates(chart: Chart): PodTemplate[] {
  return chart.objects.flatMap((object) => {
    const template = templateOf(object)
    if (!template?.spec?.containers) return []
    const labels = (template.metadata?.labels ?? {}) as Record<string, string>
    return [{ owner: object, labels, spec: template.spec }]
  })
}

function templateOf(object: KubeObject) {
  if (object.kind === 'Pod') return object as PodObject
  if (object.kind === 'CronJob') return (object as CronJobObject).spec?.jobTemplate.spec?.template
  return (object as DeploymentObject).spec?.template
}

export function servicesIn(chart: Chart): ServiceObject[] {
  return chart.objects.filter((object): object is ServiceObject => object.kind === 'Service')
}

/**
 * Finds what the API server would accept and what could never work: a chart without pods, a Service whose selector
 * matches none of them, a named port that no container declares.
 *
 * @throws UsageError that names the object, what was expected and what is there.
 */
export function checkChart(chart: Chart): void {
  try {
    checkParts(chart)
  } catch (error) {
    // A list that is none, a container that is null: what the API server would say of it is out of reach from here.
    if (!(error instanceof TypeError)) throw error
    throw new UsageError(
      `Chart ${chart.name}: its objects are not of the shape that Kubernetes has: ${error.message}`,
    )
  }
}

function checkParts(chart: Chart): void {
  const templates = podTemplates(chart)
  if (templates.length === 0) {
    const kinds = chart.objects.map(({ kind }) => kind).join(', ')
    throw new UsageError(
      `Chart ${chart.name}: has no Deployment, no Job and no Pod to hurt, only ${kinds || 'nothing'}`,
    )
  }
  for (const service of servicesIn(chart)) checkService(service, allPodTemplates(chart))
  for (const template of templates) checkProbePorts(template)
}

function checkService(service: ServiceObject, templates: PodTemplate[]): void {
  const selector = (service.spec?.selector ?? {}) as Record<string, string>
  if (Object.keys(selector).length === 0) return // its endpoints are somebody else's
  const selected = templates.filter(({ labels }) =>
    Object.entries(selector).every(([k, v]) => labels[k] === v),
  )
  if (selected.length === 0) {
    const there = templates.map(({ owner, labels }) => `${nameOf(owner)} has ${pairs(labels) || 'no labels'}`)
    throw new UsageError(
      `${nameOf(service)}: its selector ${pairs(selector)} matches no pod of the chart: ${there.join('; ')}`,
    )
  }
  for (const { targetPort } of service.spec?.ports ?? []) {
    if (typeof targetPort !== 'string') continue
    const declared = selected.flatMap(({ spec }) => portNames([...spec.containers, ...sidecars(spec)]))
    if (!declared.includes(targetPort)) {
      throw new UsageError(
        `${nameOf(service)}: its targetPort ${JSON.stringify(targetPort)} is declared by no container of the pods that it selects${knownPorts(declared)}`,
      )
    }
  }
}

function checkProbePorts({ owner, spec }: PodTemplate): void {
  for (const container of spec.containers) {
    const { livenessProbe, readinessProbe, startupProbe } = container
    for (const [name, probe] of Object.entries({ livenessProbe, readinessProbe, startupProbe })) {
      const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port
      if (typeof port !== 'string') continue
      const declared = portNames([container])
      if (!declared.includes(port)) {
        throw new UsageError(
          `${nameOf(owner)}: the ${name} of container ${container.name} asks port ${JSON.stringify(port)}, which the container does not declare${knownPorts(declared)}`,
        )
      }
    }
  }
}

/** Init containers that go on running. https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
function sidecars({ initContainers = [] }: PodSpec): PodSpec['containers'] {
  return initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')
}

function portNames(containers: PodSpec['containers']): string[] {
  return containers.flatMap(({ ports }) => (ports ?? []).flatMap(({ name }) => (name ? [name] : [])))
}

function knownPorts(declared: string[]): string {
  return declared.length > 0 ? `: it has ${declared.join(', ')}` : ': it declares no named port'
}

function pairs(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}
