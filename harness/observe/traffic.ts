import { z } from 'zod'
import type { Clock } from '../cluster/clock.ts'
import type { Kube, KubeObject } from '../cluster/kube.ts'
import { parseLine } from '../cluster/lines.ts'
import { EnvironmentError } from '../model/errors.ts'
import type { Recorder } from './recorder.ts'

export interface TrafficOptions {
  kube: Kube
  clock: Clock
  recorder: Recorder
  namespace: string
  /** The helper image, which the nodes have. */
  image: string
  service: string
  /** The Service's cluster IP and the port that it serves. */
  host: string
  port: number
  path: string
  requestsPerSecond: number
  signal: AbortSignal
}

/** Traffic that goes on until it is stopped. */
export interface Traffic {
  readonly service: string
  /** The time up to which every request sent is accounted for, in milliseconds from the recorder's zero. */
  settledMs(): number
  stop(): void
}

const line = z.object({
  seq: z.number().int(),
  t: z.number(),
  connection: z.enum(['new', 'reused']),
  tookMs: z.number(),
  status: z.number().exactOptional(),
  lost: z.string().exactOptional(),
  pod: z.string().exactOptional(),
})

const firstAnswerMs = 60_000
/** So many good answers in a row before the traffic counts as flowing. */
const answersToFlow = 10

/**
 * Starts a prober pod and follows its log: one line a request. What was sent before the first unbroken run of good
 * answers is not recorded, for until then the Service's rules may not have reached the prober's node.
 *
 * @throws EnvironmentError where no such run comes within a minute.
 */
export async function startTraffic(options: TrafficOptions): Promise<Traffic> {
  const { kube, recorder, namespace, service } = options
  const name = `rolypoly-prober-${service}`
  await kube.create(proberPod(name, options))
  const isRunning = () => {
    const pod = recorder.timeline.of('pod').find(({ detail }) => detail.name === name)
    return pod && recorder.timeline.of('container-running', pod.uid).length > 0 ? true : undefined
  }
  const running = await recorder.waitFor(isRunning, recorder.now() + firstAnswerMs, options.signal)
  if (!running) throw new EnvironmentError(`Pod/${namespace}/${name}: the traffic prober did not start`)

  const stopping = new AbortController()
  const epochAtZero = Date.now() - recorder.now()
  const flowing = Promise.withResolvers<void>()
  const pending = new Map<number, number>()
  let good = 0
  let flows = false
  let next = 0
  let settledMs = 0
  let lastRefusal = 'nothing was answered'

  const onLine = (text: string) => {
    const parsed = parseLine(line, text)
    if (!parsed || parsed.seq < next || pending.has(parsed.seq)) return
    const { seq, t, ...rest } = parsed
    const atMs = t - epochAtZero
    pending.set(seq, atMs)
    for (let at = pending.get(next); at !== undefined; at = pending.get(next)) {
      settledMs = at
      pending.delete(next++)
    }
    if (flows) recorder.record({ source: 'traffic', atMs, service, seq, ...rest })
    else {
      good = rest.lost === undefined ? good + 1 : 0
      lastRefusal = rest.lost ?? lastRefusal
      if (good >= answersToFlow) {
        flows = true
        flowing.resolve()
      }
    }
  }

  const follow = async () => {
    while (!stopping.signal.aborted) {
      // Read again from its start, the log gives each line once more; the numbers tell which are known.
      await kube
        .followLogs({ namespace, name, container: 'prober' }, onLine, stopping.signal)
        .catch(() => undefined)
      if (stopping.signal.aborted) return
      await options.clock.sleep(200, stopping.signal).catch(() => undefined)
    }
  }
  void follow()

  const timing = new AbortController()
  const late = options.clock
    .sleep(firstAnswerMs, AbortSignal.any([timing.signal, options.signal]))
    .then(() => {
      const url = urlOf(options)
      throw new EnvironmentError(
        `Service/${namespace}/${service}: no good answer from ${url}: ${lastRefusal}`,
        {
          remedy: `Give the traffic a path that is answered, deploy(chart, { traffic: { path: '/...' } }), or turn it off with { traffic: false }.`,
        },
      )
    })
  try {
    await Promise.race([flowing.promise, late])
  } catch (error) {
    stopping.abort()
    throw error
  } finally {
    timing.abort()
    late.catch(() => undefined)
  }
  return { service, settledMs: () => settledMs, stop: () => stopping.abort() }
}

function urlOf({ host, port, path }: TrafficOptions): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
}

/** On the control plane where there is one, so that no fault on a worker takes the prober with it. */
function proberPod(name: string, options: TrafficOptions): KubeObject {
  const controlPlane = 'node-role.kubernetes.io/control-plane'
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: options.namespace,
      labels: { 'app.kubernetes.io/managed-by': 'rolypoly', 'rolypoly.dev/role': 'prober' },
    },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ key: controlPlane, operator: 'Exists' }],
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 100, preference: { matchExpressions: [{ key: controlPlane, operator: 'Exists' }] } },
          ],
        },
      },
      containers: [
        {
          name: 'prober',
          image: options.image,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', 'prober.ts', urlOf(options), String(options.requestsPerSecond)],
        },
      ],
    },
  } as KubeObject
}
