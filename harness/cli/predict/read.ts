import type { z } from 'zod'
import { UsageError } from '../../model/errors.ts'
import type { BudgetSpec, ServiceSpec, WorkloadSpec } from '../../predict/weak-spots.ts'
import type { Chart } from '../../workload/chart.ts'
import { checkChart } from '../../workload/check.ts'
import { checkPlain } from '../../workload/plain.ts'
import { told } from './load.ts'
import {
  autoscalerSchema,
  budgetSchema,
  deploymentSchema,
  jobSchema,
  podSchema,
  serviceSchema,
} from './schema.ts'

/** A workload with what stands beside it in its own namespace. */
export interface Read {
  workload: WorkloadSpec
  services: ServiceSpec[]
  budgets: BudgetSpec[]
  /** Every workload of that namespace, this one among them. */
  workloads: WorkloadSpec[]
}

export interface Manifest {
  workloads: Read[]
  /** What was left out, and why, a sentence each. */
  notes: string[]
}

type Placed<T> = T & { namespace: string | undefined }

/** Kinds that make pods by a template, which rolypoly does not hurt. */
const others = ['StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'CronJob']

/**
 * The Deployments, Jobs and bare Pods of a chart, with the Services and budgets beside them.
 *
 * @throws UsageError where there is none, or where one is not what the API server would take.
 */
export function readManifest(file: string, chart: Chart): Manifest {
  for (const object of chart.objects) checkPlain(object, `${file}: ${object.kind}/${object.metadata?.name}`)
  const ofKind = <T extends z.ZodType>(kind: string, schema: T): z.infer<T>[] =>
    chart.objects.filter((object) => object.kind === kind).map((object) => parse(file, object, schema))

  const autoscalers = ofKind('HorizontalPodAutoscaler', autoscalerSchema)
  const deployments = ofKind('Deployment', deploymentSchema).map(({ metadata, spec }) => {
    const { name, namespace } = metadata
    const autoscaler = autoscalers.find(
      ({ spec: { scaleTargetRef: target } }) => target.kind === 'Deployment' && target.name === name,
    )
    const replicas = autoscaler ? (autoscaler.spec.minReplicas ?? 1) : (spec.replicas ?? 1)
    const { strategy, minReadySeconds, progressDeadlineSeconds, template } = spec
    const labels = template.metadata?.labels ?? {}
    const subject = subjectOf('Deployment', metadata)
    const timing = { strategy, minReadySeconds, progressDeadlineSeconds }
    return { subject, kind: 'Deployment', replicas, ...timing, labels, pod: template.spec, namespace }
  })
  const jobs = ofKind('Job', jobSchema).map(({ metadata, spec }) => {
    const { parallelism = 1, completions = parallelism, template } = spec
    const labels = template.metadata?.labels ?? {}
    const replicas = Math.min(parallelism, completions)
    const job = { parallelism, completions }
    const subject = subjectOf('Job', metadata)
    return { subject, kind: 'Job', replicas, job, labels, pod: template.spec, namespace: metadata.namespace }
  })
  const pods = ofKind('Pod', podSchema).map(({ metadata, spec }) => {
    const { labels = {}, namespace } = metadata
    return { subject: subjectOf('Pod', metadata), kind: 'Pod', replicas: 1, labels, pod: spec, namespace }
  })
  const all: Placed<WorkloadSpec>[] = [...deployments, ...jobs, ...pods]
  if (all.length === 0) throw nothingToHurt(file, chart)

  const services = ofKind('Service', serviceSchema).map(serviceOf)
  const budgets = ofKind('PodDisruptionBudget', budgetSchema).map(budgetOf)
  const workloads = all.map((workload) => {
    // What names no namespace may be put into any.
    const isBeside = ({ namespace }: Placed<object>) =>
      namespace === undefined || workload.namespace === undefined || namespace === workload.namespace
    const [near, sends, keeps] = [all.filter(isBeside), services.filter(isBeside), budgets.filter(isBeside)]
    return { workload, services: sends, budgets: keeps, workloads: near }
  })
  return { workloads, notes: notesOn(chart) }
}

function parse<T extends z.ZodType>(file: string, object: Chart['objects'][number], schema: T): z.infer<T> {
  const parsed = schema.safeParse(object)
  if (parsed.success) return parsed.data
  const { kind, metadata } = object
  const name = typeof metadata?.name === 'string' ? `/${metadata.name}` : ''
  throw new UsageError(`${file}: ${kind}${name}: ${told(parsed.error.issues[0])}`)
}

function subjectOf(
  kind: string,
  { name, namespace }: { name: string; namespace?: string | undefined },
): string {
  return [kind, namespace, name].filter(Boolean).join('/')
}

function serviceOf({ metadata, spec }: z.infer<typeof serviceSchema>): Placed<ServiceSpec> {
  const { selector = {}, ports = [], publishNotReadyAddresses = false, clusterIP } = spec ?? {}
  return {
    subject: subjectOf('Service', metadata),
    namespace: metadata.namespace,
    targetPorts: ports.map(({ port, targetPort }) => targetPort ?? port),
    ...{ selector, publishNotReadyAddresses, headless: clusterIP === 'None' },
  }
}

function budgetOf({ metadata, spec }: z.infer<typeof budgetSchema>): Placed<BudgetSpec> {
  const { selector, minAvailable, maxUnavailable } = spec
  return {
    subject: subjectOf('PodDisruptionBudget', metadata),
    namespace: metadata.namespace,
    // Without a selector it keeps nothing, where an empty one keeps everything.
    selector: selector ?? { matchExpressions: [{ key: '', operator: 'Exists' }] },
    ...{ minAvailable, maxUnavailable },
  }
}

function nothingToHurt(file: string, { objects }: Chart): UsageError {
  const kinds = [...new Set(objects.map(({ kind }) => kind))].join(', ')
  return new UsageError(
    `${file}: has no Deployment, no Job and no Pod to predict for, only ${kinds || 'nothing'}`,
    {
      remedy: 'Give a manifest or a chart that has one.',
    },
  )
}

function notesOn(chart: Chart): string[] {
  const leftOut = chart.objects
    .filter(({ kind = '' }) => others.includes(kind))
    .map(({ kind, metadata }) => `${kind}/${metadata?.name}`)
  const notes = leftOut.map(
    (subject) => `${subject} is left out: predictions are made for Deployments, Jobs and Pods`,
  )
  try {
    checkChart(chart)
  } catch (error) {
    // Of kinds that are left out nobody has looked at the shape.
    notes.push(`rolypoly run would not take it: ${error instanceof Error ? error.message : error}`)
  }
  return notes
}
