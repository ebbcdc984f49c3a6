import { type Clock, readEpochAtZero } from '../cluster/clock.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { EnvironmentError } from '../model/errors.ts'
import type { TrafficObservation } from '../model/observation.ts'
import { tellEndpoints } from './endpoints.ts'
import { type ProbedRequest, readProberLine } from './prober-lines.ts'
import { proberPod, urlOf } from './prober-pod.ts'
import type { Recorder } from './recorder.ts'
import { followRoutes } from './routes.ts'

export interface TrafficOptions {
  cluster: Cluster
  recorder: Recorder
  namespace: string
  /** The helper image, which the nodes have. */
  image: string
  /** What the Service is called on the timeline. */
  service: string
  /** The Service's cluster IP and the port that it serves. */
  host: string
  port: number
  /** The port that its endpoints serve. */
  targetPort: number
  path: string
  requestsPerSecond: number
  /** Of a cluster that the run did not make: the nodes that it may hurt. */
  mayBeHurt?: readonly string[] | undefined
  signal: AbortSignal
}

/** Traffic that goes on until it is stopped. */
export interface Traffic {
  readonly service: string
  /** The time up to which every request sent is accounted for, in milliseconds from the recorder's zero. */
  settledMs(): number
  stop(): void
}

const firstAnswerMs = 60_000
/** So many good answers in a row before the traffic counts as flowing. */
const answersToFlow = 10

/**
 * Starts a prober pod and follows what it tells of each request. What was sent before the first unbroken run of good
 * answers is not recorded, for until then the Service's rules may not have reached the prober's node. Where the
 * cluster lets the harness into its nodes, the route of each connection is followed too.
 *
 * @throws EnvironmentError where no such run comes within a minute.
 */
export async function startTraffic(options: TrafficOptions): Promise<Traffic> {
  const { cluster, recorder, namespace, service, image, host, port, path, requestsPerSecond } = options
  const name = `rolypoly-prober-${service.replace('/', '-')}`
  const url = urlOf(host, port, path)
  await cluster.kube.create(
    proberPod({ name, namespace, image, url, requestsPerSecond, mayBeHurt: options.mayBeHurt }),
  )
  const isRunning = () => {
    const pod = recorder.timeline.of('pod').find(({ subject }) => subject === `Pod/${namespace}/${name}`)
    return pod?.detail.ip && recorder.timeline.of('container-running', pod.uid).length > 0 ? pod : undefined
  }
  const running = await recorder.waitFor(isRunning, recorder.now() + firstAnswerMs, options.signal)
  if (!running) throw new EnvironmentError(`Pod/${namespace}/${name}: the traffic prober did not start`)

  const stopping = new AbortController()
  const epochAtZero = readEpochAtZero(cluster.clock, recorder)
  const record = (request: ProbedRequest) => recorder.record(observed(request, service, epochAtZero))
  const flow = new Flow(record)
  void followLog(options, name, flow, stopping.signal)
  const { node, ip } = running.detail
  const routes = cluster.capabilities.has('node.exec')
    ? followRoutes({
        ...{
          nodes: cluster.nodes,
          clock: cluster.clock,
          recording: recorder,
          epochAtZero,
          service,
          signal: stopping.signal,
        },
        ...{ node: node ?? '', proberIp: ip ?? '', clusterIp: host },
      })
    : Promise.resolve()
  try {
    await untilFlowing(flow, cluster.clock, options, url)
    await routes
  } catch (error) {
    stopping.abort()
    throw error
  }
  void tellEndpoints({ ...options, prober: name, signal: stopping.signal })
  return { service, settledMs: () => flow.settledEpochMs - epochAtZero, stop: () => stopping.abort() }
}

function observed(request: ProbedRequest, service: string, epochAtZero: number): TrafficObservation {
  const { sentEpochMs, ...rest } = request
  return { source: 'traffic', atMs: sentEpochMs - epochAtZero, service, ...rest }
}

/** What the prober has told, each request once and from the first unbroken run of good answers on. */
class Flow {
  /** Every request sent until then has been told of. */
  settledEpochMs = 0
  lastRefusal = 'nothing was answered'
  readonly flows = Promise.withResolvers<void>()
  private readonly record: (request: ProbedRequest) => void
  private readonly told = new Map<number, number>()
  private next = 0
  private good = 0

  constructor(record: (request: ProbedRequest) => void) {
    this.record = record
  }

  add(request: ProbedRequest): void {
    const { seq, sentEpochMs, lost } = request
    // Read again from its start, the log gives each line once more; the numbers tell which are known.
    if (seq < this.next || this.told.has(seq)) return
    this.told.set(seq, sentEpochMs)
    for (let at = this.told.get(this.next); at !== undefined; at = this.told.get(this.next)) {
      this.settledEpochMs = at
      this.told.delete(this.next++)
    }
    if (this.good >= answersToFlow) return this.record(request)
    this.good = lost === undefined ? this.good + 1 : 0
    this.lastRefusal = lost ?? this.lastRefusal
    if (this.good >= answersToFlow) this.flows.resolve()
  }
}

async function followLog(
  { cluster, namespace }: TrafficOptions,
  name: string,
  flow: Flow,
  signal: AbortSignal,
): Promise<void> {
  const onLine = (text: string) => {
    for (const request of readProberLine(text)) flow.add(request)
  }
  while (!signal.aborted) {
    const log = { namespace, name, container: 'prober' }
    await cluster.kube.followLogs(log, onLine, signal).catch(() => undefined)
    if (!signal.aborted) await cluster.clock.sleep(200, signal).catch(() => undefined)
  }
}

async function untilFlowing(flow: Flow, clock: Clock, options: TrafficOptions, url: string): Promise<void> {
  const timing = new AbortController()
  const late = clock.sleep(firstAnswerMs, AbortSignal.any([timing.signal, options.signal])).then(() => {
    throw new EnvironmentError(
      `Service/${options.namespace}/${options.service}: no good answer from ${url}: ${flow.lastRefusal}`,
      {
        remedy: `Give the traffic a path that is answered, deploy(chart, { traffic: { path: '/...' } }), or turn it off with { traffic: false }.`,
      },
    )
  })
  try {
    await Promise.race([flow.flows.promise, late])
  } finally {
    timing.abort()
    late.catch(() => undefined)
  }
}
