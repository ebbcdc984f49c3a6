import type { EndpointSliceObject, PodObject, ServiceObject } from '../../kube.ts'
import { isReady, isTerminal, isTerminating } from './pod-state.ts'

export type Endpoint = NonNullable<EndpointSliceObject['endpoints']>[number]
export type EndpointPort = NonNullable<EndpointSliceObject['ports']>[number]

/** kubernetes/staging/src/k8s.io/endpointslice/util/controller_utils.go: ShouldPodBeInEndpoints. */
export function isEndpoint(pod: PodObject): boolean {
  return Boolean(pod.status?.podIP) && !isTerminal(pod)
}

/** kubernetes/staging/src/k8s.io/endpointslice/utils.go: podToEndpoint. */
export function endpointOf(pod: PodObject, service: ServiceObject): Endpoint {
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {}
  const [serving, terminating] = [isReady(pod), isTerminating(pod)]
  const ready = Boolean(service.spec?.publishNotReadyAddresses) || (serving && !terminating)
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready, serving, terminating },
    ...(pod.spec?.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  }
}

/** The Service's ports as this pod has them; a named one that it has not is left out. */
export function portsOf(pod: PodObject, service: ServiceObject): EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap(({ name = '', port, targetPort = port, protocol = 'TCP' }) => {
    const number = typeof targetPort === 'number' ? targetPort : namedPort(pod, String(targetPort), protocol)
    return number === undefined ? [] : [{ name, port: number, protocol }]
  })
}

/** kubernetes/staging/src/k8s.io/endpointslice/util: FindPort, which looks at sidecars too. */
function namedPort({ spec }: PodObject, name: string, protocol: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name)
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  for (const { ports = [] } of [...(spec?.containers ?? []), ...sidecars]) {
    const found = ports.find((port) => port.name === name && (port.protocol ?? 'TCP') === protocol)
    if (found) return found.containerPort
  }
  return undefined
}
