import { PromiseNotMadeError, UsageError } from '../model/errors.ts'
import type { ProbeKind } from '../model/fault.ts'
import type { Pod, PodSpec } from '../workload/workload.ts'

type Container = PodSpec['containers'][number]
type ProbeSpec = NonNullable<Container['livenessProbe']>

interface ProbeOf {
  kind: ProbeKind
  container: string
}

export interface HttpProbe extends ProbeOf {
  by: 'http'
  port: number
  /** With its query, as the request line has it. */
  path: string
  headers: { name: string; value: string }[]
}

/** A probe that is told from the node's other traffic by its port alone. */
export interface PortProbe extends ProbeOf {
  by: 'https' | 'tcp' | 'grpc'
  port: number
}

export interface ExecProbe extends ProbeOf {
  by: 'exec'
  command: string[]
}

/** What the kubelet asks for, resolved from a probe of the pod's spec. */
export type Probe = HttpProbe | PortProbe | ExecProbe

const kinds: ProbeKind[] = ['liveness', 'readiness', 'startup']

/**
 * A probe of a container.
 *
 * @throws PromiseNotMadeError where the container has no such probe; UsageError where it cannot be told from the node's
 *   other traffic.
 */
export function probeOf(pod: Pod, containerName: string, kind: ProbeKind): Probe {
  const subject = `${pod.subject}/${containerName}`
  const container = pod.object.spec?.containers.find(({ name }) => name === containerName)
  const spec = container?.[`${kind}Probe`]
  if (!container || !spec) {
    throw new PromiseNotMadeError(
      subject,
      `${subject}: has no ${kind} probe, so Kubernetes does nothing when its endpoint fails`,
      { remedy: `Give container ${containerName} a ${kind}Probe.` },
    )
  }
  const refuse = (why: string) => new UsageError(`${subject}: its ${kind} probe cannot be failed: ${why}`)
  const probe = resolve(container, kind, spec)
  if (!probe) throw refuse('it asks nothing that is known')
  const host = hostOf(spec)
  if (host) throw refuse(`it asks host ${host} and not the pod`)
  if (probe.by !== 'exec' && pod.object.spec?.hostNetwork)
    throw refuse('the pod is on the host network, where its traffic is not told from that of others')
  return probe
}

/** The pod's other probes that cannot be told from this one on its way from the kubelet, and so fail along. */
export function failAlong(pod: Pod, probe: Probe): Probe[] {
  return (pod.object.spec?.containers ?? []).flatMap((container) =>
    kinds.flatMap((kind) => {
      const spec = container[`${kind}Probe`]
      if (!spec || hostOf(spec) || (container.name === probe.container && kind === probe.kind)) return []
      const other = resolve(container, kind, spec)
      return other && failsAlong(probe, other) ? [other] : []
    }),
  )
}

function failsAlong(probe: Probe, other: Probe): boolean {
  if (probe.by === 'exec') {
    const same = other.by === 'exec' && other.container === probe.container
    return same && JSON.stringify(other.command) === JSON.stringify(probe.command)
  }
  if (other.by === 'exec' || other.port !== probe.port) return false
  if (probe.by !== 'http') return true
  // The proxy speaks HTTP/1.1, which gRPC does not; a connection alone it accepts.
  if (other.by !== 'http') return other.by === 'grpc'
  const has = (name: string, value: string) =>
    other.headers.some((header) => header.name.toLowerCase() === name.toLowerCase() && header.value === value)
  // The proxy takes a request for the probe's own where it has the probe's headers, whatever else it has.
  return other.path === probe.path && probe.headers.every(({ name, value }) => has(name, value))
}

/** What the kubelet does for a probe, as part of a sentence: `asks the same path of the same port`. */
export function asksTheSame({ by }: Probe): { words: string; remedy: string } {
  if (by === 'exec') return { words: 'runs the same command', remedy: 'commands' }
  if (by === 'http') return { words: 'asks the same path of the same port', remedy: 'paths' }
  return { words: 'asks the same port', remedy: 'ports' }
}

function hostOf({ httpGet, tcpSocket }: ProbeSpec): string | undefined {
  return httpGet?.host || tcpSocket?.host || undefined
}

function resolve(container: Container, kind: ProbeKind, spec: ProbeSpec): Probe | undefined {
  const of = { kind, container: container.name }
  const { httpGet, tcpSocket, grpc, exec } = spec
  if (httpGet) {
    const port = portNumber(container, kind, httpGet.port)
    if (httpGet.scheme === 'HTTPS') return { ...of, by: 'https', port }
    const { path = '/', httpHeaders = [] } = httpGet
    const headers = httpHeaders.map(({ name, value }) => ({ name, value }))
    return { ...of, by: 'http', port, path: path.startsWith('/') ? path : `/${path}`, headers }
  }
  if (tcpSocket) return { ...of, by: 'tcp', port: portNumber(container, kind, tcpSocket.port) }
  if (grpc) return { ...of, by: 'grpc', port: grpc.port }
  return exec && { ...of, by: 'exec', command: expanded(exec.command ?? [], container) }
}

function portNumber(container: Container, kind: ProbeKind, port: string | number): number {
  const number =
    typeof port === 'number' ? port : container.ports?.find(({ name }) => name === port)?.containerPort
  if (number !== undefined) return number
  throw new UsageError(
    `Container ${container.name}: declares no port named ${JSON.stringify(port)}, which its ${kind} probe asks`,
  )
}

/**
 * The command as the kubelet runs it, with the variables that the spec itself gives values to. `$$` is a dollar.
 * kubernetes/pkg/kubelet/container/helpers.go: ExpandContainerCommandOnlyStatic
 */
function expanded(command: string[], { env = [] }: Container): string[] {
  const values = new Map(env.map(({ name, value = '' }) => [name, value]))
  return command.map((word) =>
    word.replaceAll(/\$\$|\$\(([^)]*)\)/g, (all, name?: string) =>
      name === undefined ? '$' : (values.get(name) ?? all),
    ),
  )
}
