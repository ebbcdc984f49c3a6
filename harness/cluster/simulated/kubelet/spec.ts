import type { PodObject } from '../../kube.ts'

export type PodSpec = NonNullable<PodObject['spec']>
export type ContainerSpec = PodSpec['containers'][number]
export type PodStatus = NonNullable<PodObject['status']>
export type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number]
export type Condition = NonNullable<PodStatus['conditions']>[number]
export type ProbeSpec = NonNullable<ContainerSpec['livenessProbe']>
export type HookSpec = NonNullable<NonNullable<ContainerSpec['lifecycle']>['preStop']>

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never'

export function uidOf(pod: PodObject): string {
  return pod.metadata?.uid ?? ''
}

export function containersOf(pod: PodObject): ContainerSpec[] {
  return pod.spec?.containers ?? []
}

export function initContainersOf(pod: PodObject): ContainerSpec[] {
  return pod.spec?.initContainers ?? []
}

/**
 * An init container that goes on running beside the app's.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export function isSidecar(container: ContainerSpec): boolean {
  return container.restartPolicy === 'Always'
}

export function restartPolicyOf(pod: PodObject): RestartPolicy {
  return (pod.spec?.restartPolicy ?? 'Always') as RestartPolicy
}

export function isTerminal(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed'
}

/** The number of a port that may be given by its name in the container; undefined where it has none of this name. */
export function portOf(container: ContainerSpec, port: number | string): number | undefined {
  if (typeof port === 'number') return port
  const named = container.ports?.find(({ name }) => name === port)
  return named?.containerPort ?? (/^\d+$/.test(port) ? Number(port) : undefined)
}

/** `spec.containers{web}`, as events name a container. */
export function fieldPathOf(pod: PodObject, name: string): string {
  const isInit = initContainersOf(pod).some((container) => container.name === name)
  return `spec.${isInit ? 'initContainers' : 'containers'}{${name}}`
}

/**
 * A container's environment, as far as its spec alone tells it: `value`, and `fieldRef` to the pod's name, namespace,
 * UID, IPs and node, its labels and annotations.
 */
export function envOf(pod: PodObject, container: ContainerSpec, ip: string): Record<string, string> {
  const { metadata, spec } = pod
  const env: Record<string, string> = {}
  const fields: Record<string, string | undefined> = {
    'metadata.name': metadata?.name,
    'metadata.namespace': metadata?.namespace,
    'metadata.uid': metadata?.uid,
    'status.podIP': ip,
    'status.podIPs': ip,
    'status.hostIP': pod.status?.hostIP,
    'spec.nodeName': spec?.nodeName,
    'spec.serviceAccountName': spec?.serviceAccountName ?? 'default',
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const path = valueFrom?.fieldRef?.fieldPath
    if (path === undefined) {
      if (value !== undefined || !valueFrom) env[name] = value ?? ''
      continue
    }
    const [, of, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? []
    env[name] = (key === undefined ? fields[path] : metadata?.[of as 'labels' | 'annotations']?.[key]) ?? ''
  }
  return env
}
