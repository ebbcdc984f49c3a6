import type { EndpointSliceObject, ServiceObject } from '../cluster/kube.ts'
import { UsageError } from '../model/errors.ts'
import { ownName } from '../model/observation.ts'
import type { Recorder } from '../observe/recorder.ts'
import { startTraffic, type Traffic } from '../observe/traffic.ts'
import type { TrafficTarget } from '../workload/chart.ts'
import { helperImageOf, type Stage } from '../workload/stage.ts'
import type { Workload } from '../workload/workload.ts'

export type TrafficHandle = Traffic

const usualRate = 50

/** Starts a prober for each Service of a workload that has a cluster IP; resolves once requests are answered. */
export async function startTrafficTo(
  stage: Stage,
  recorder: Recorder,
  workload: Workload,
  target: TrafficTarget,
): Promise<TrafficHandle[]> {
  const { cluster, namespace, signal } = stage
  const { path = '/', requestsPerSecond = usualRate } = target
  if (!path.startsWith('/'))
    throw new UsageError(`Traffic to ${workload.subject}: the path ${JSON.stringify(path)} must begin with /`)
  if (!(requestsPerSecond > 0 && requestsPerSecond <= 1_000)) {
    throw new UsageError(
      `Traffic to ${workload.subject}: ${requestsPerSecond} requests a second; more than 0 and at most 1000 are expected`,
    )
  }
  const nodes = stage.limits?.nodes
  const mayBeHurt = nodes === 'all' ? undefined : nodes
  const image = helperImageOf(stage, `Traffic to ${workload.subject}`)
  const { services: all, namespace: home } = workload.shape
  const services = all.filter(({ name }) => target.service === undefined || ownName(name) === target.service)
  if (target.service !== undefined && services.length === 0) {
    throw new UsageError(`Traffic to ${workload.subject}: it has no Service ${target.service}`)
  }
  const started = services.map(async ({ name }) => {
    const service = await cluster.kube.get<ServiceObject>({
      apiVersion: 'v1',
      kind: 'Service',
      namespace: home,
      name: ownName(name),
    })
    const host = service?.spec?.clusterIP
    const ports = service?.spec?.ports ?? []
    const port = target.port ?? ports[0]?.port
    if (!host || host === 'None' || port === undefined) return []
    const portName = ports.find((served) => served.port === port)?.name
    const targetPort = await endpointPort(stage, home, ownName(name), portName)
    return [
      await startTraffic({
        ...{ cluster, recorder, namespace, signal, image, mayBeHurt },
        ...{ service: name, host, port, targetPort: targetPort ?? port, path, requestsPerSecond },
      }),
    ]
  })
  const settled = await Promise.allSettled(started)
  const flows = settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  const failed = settled.find((one) => one.status === 'rejected')
  if (!failed) return flows
  for (const flow of flows) flow.stop()
  throw failed.reason
}

/** The port that the endpoints behind this port of a Service serve, as its EndpointSlices tell. */
async function endpointPort(
  { cluster }: Stage,
  namespace: string,
  service: string,
  portName: string | undefined,
): Promise<number | undefined> {
  const { items } = await cluster.kube.list<EndpointSliceObject>({
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace },
    labelSelector: `kubernetes.io/service-name=${service}`,
  })
  const ports = items.flatMap((slice) => slice.ports ?? [])
  return ports.find(({ name }) => (name ?? '') === (portName ?? ''))?.port ?? undefined
}
