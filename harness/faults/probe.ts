import { PromiseNotMadeError, UsageError } from '../model/errors.ts'
import type { ProbeKind } from '../model/fault.ts'
import type { Pod, PodSpec } from '../workload/workload.ts'

type Container = PodSpec['containers'][number]

/** What the kubelet asks for, resolved from a probe of the pod's spec. */
export interface HttpProbe {
  kind: ProbeKind
  container: string
  port: number
  /** With its query, as the request line has it. */
  path: string
  headers: { name: string; value: string }[]
}

const kinds: ProbeKind[] = ['liveness', 'readiness', 'startup']

/**
 * The HTTP probe of a container.
 *
 * @throws PromiseNotMadeError where the container has no such probe; UsageError where it is not one over HTTP, or one
 *   that cannot be told from the node's other traffic.
 */
export function httpProbeOf(pod: Pod, containerName: string, kind: ProbeKind): HttpProbe {
  const subject = `${pod.subject}/${containerName}`
  const container = pod.object.spec?.containers.find(({ name }) => name === containerName)
  const probe = container?.[`${kind}Probe`]
  if (!container || !probe) {
    throw new PromiseNotMadeError(
      subject,
      `${subject}: has no ${kind} probe, so Kubernetes does nothing when its endpoint fails`,
      { remedy: `Give container ${containerName} a ${kind}Probe.` },
    )
  }
  const refuse = (why: string) => new UsageError(`${subject}: its ${kind} probe cannot be failed: ${why}`)
  if (!probe.httpGet) throw refuse('it is not an httpGet probe')
  if (probe.httpGet.scheme === 'HTTPS') throw refuse('its scheme is HTTPS, and only HTTP is known')
  if (probe.httpGet.host) throw refuse(`it asks host ${probe.httpGet.host} and not the pod`)
  if (pod.object.spec?.hostNetwork)
    throw refuse('the pod is on the host network, where its traffic is not told from that of others')
  return resolve(container, kind, probe.httpGet)
}

/** The pod's other HTTP probes that ask just the same, and so fail along. */
export function alike(pod: Pod, probe: HttpProbe): HttpProbe[] {
  return (pod.object.spec?.containers ?? []).flatMap((container) =>
    kinds.flatMap((kind) => {
      const httpGet = container[`${kind}Probe`]?.httpGet
      if (!httpGet || (container.name === probe.container && kind === probe.kind)) return []
      const other = resolve(container, kind, httpGet)
      const has = (name: string, value: string) =>
        other.headers.some(
          (header) => header.name.toLowerCase() === name.toLowerCase() && header.value === value,
        )
      // The proxy takes a request for the probe's own where it has the probe's headers, whatever else it has.
      const asksTheSame = probe.headers.every(({ name, value }) => has(name, value))
      return other.port === probe.port && other.path === probe.path && asksTheSame ? [other] : []
    }),
  )
}

function resolve(
  container: Container,
  kind: ProbeKind,
  httpGet: NonNullable<NonNullable<Container['livenessProbe']>['httpGet']>,
): HttpProbe {
  const { port, path = '/', httpHeaders = [] } = httpGet
  const number =
    typeof port === 'number' ? port : container.ports?.find(({ name }) => name === port)?.containerPort
  if (number === undefined) {
    throw new UsageError(
      `Container ${container.name}: declares no port named ${JSON.stringify(port)}, which its ${kind} probe asks`,
    )
  }
  const headers = httpHeaders.map(({ name, value }) => ({ name, value }))
  return {
    kind,
    container: container.name,
    port: number,
    path: path.startsWith('/') ? path : `/${path}`,
    headers,
  }
}
