import type { LabelSelector } from '../../model/label-selector.ts'
import type { JobTiming } from '../jobs.ts'
import type { ContainerTiming, PodTiming, ProbeTiming } from '../spec.ts'

/** One thing in a spec that makes it break, or that keeps it from being mended. Three sentences, without their dots. */
export interface WeakSpot {
  /** As `Deployment/web` or `Deployment/web/app`, with its namespace where it has one. */
  subject: string
  weakness: string
  consequence: string
  remedy: string
}

type Port = number | string

export interface ProbeSpec extends ProbeTiming {
  httpGet?: HttpGet | undefined
  tcpSocket?: { port: Port; host?: string | undefined } | undefined
  grpc?: { port: number; service?: string | undefined } | undefined
  exec?: { command?: string[] | undefined } | undefined
}

interface HttpGet {
  path?: string | undefined
  port: Port
  scheme?: string | undefined
  host?: string | undefined
  httpHeaders?: { name: string; value: string }[] | undefined
}

export interface ContainerSpec extends ContainerTiming {
  ports?: { name?: string | undefined; containerPort: number }[] | undefined
  livenessProbe?: ProbeSpec | undefined
  readinessProbe?: ProbeSpec | undefined
  startupProbe?: ProbeSpec | undefined
}

export interface PodSpec extends PodTiming {
  containers: ContainerSpec[]
}

/** Whatever makes pods of one template, a bare Pod included. */
export interface WorkloadSpec {
  subject: string
  /** As `Deployment` or `Pod`. */
  kind: string
  replicas: number
  labels: Record<string, string>
  pod: PodSpec
  strategy?: Strategy | undefined
  minReadySeconds?: number | undefined
  progressDeadlineSeconds?: number | undefined
  /** Of a Job. */
  job?: JobTiming | undefined
}

interface Strategy {
  type?: string | undefined
  rollingUpdate?: { maxSurge?: Port | undefined; maxUnavailable?: Port | undefined } | undefined
}

export interface ServiceSpec {
  subject: string
  selector: Record<string, string>
  /** Numbers or names of the pods' ports. */
  targetPorts: Port[]
  publishNotReadyAddresses: boolean
  /** Without an address of its own: only names lead to its pods. */
  headless: boolean
}

export interface BudgetSpec {
  subject: string
  selector: LabelSelector
  minAvailable?: Port | undefined
  maxUnavailable?: Port | undefined
}

/** What stands in the same chart or manifest. */
export interface Surroundings {
  workloads: WorkloadSpec[]
  services: ServiceSpec[]
  budgets: BudgetSpec[]
}

/** Whether a Service sends to pods with these labels; one without a selector sends elsewhere. */
export function sendsTo({ selector }: ServiceSpec, labels: Record<string, string>): boolean {
  const wanted = Object.entries(selector)
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value)
}

/** The Services whose connections reach this container by a port that it declares; where none of its pod does, the first. */
export function servicesOf(
  container: ContainerSpec,
  { pod: { containers }, labels }: WorkloadSpec,
  services: ServiceSpec[],
): ServiceSpec[] {
  const declares = ({ ports = [] }: ContainerSpec, { targetPorts }: ServiceSpec) =>
    ports.some(({ name, containerPort }) =>
      targetPorts.some((target) => target === name || target === containerPort),
    )
  const takes = (service: ServiceSpec) =>
    containers.some((own) => declares(own, service))
      ? declares(container, service)
      : container === containers[0]
  return services.filter((service) => sendsTo(service, labels) && takes(service))
}

/** Whether others ask this container for something, as far as its spec tells. */
export function serves(container: ContainerSpec, workload: WorkloadSpec, services: ServiceSpec[]): boolean {
  return (
    workload.pod.containers.length === 1 ||
    (container.ports ?? []).length > 0 ||
    servicesOf(container, workload, services).length > 0
  )
}

export const probeKinds = ['liveness', 'readiness', 'startup'] as const

/** The number behind a port's name in this container; the name itself where it declares none. */
export function portOf({ ports = [] }: ContainerSpec, port: Port): Port {
  return ports.find(({ name }) => name === port)?.containerPort ?? port
}

export function names(services: ServiceSpec[]): string {
  return services.map(({ subject }) => subject).join(' and ')
}
