import type { Chart } from '@rolypoly/harness'
import { apps, commandOf, commandUnderShell, image } from '../apps/apps.ts'

/** How often and how patiently a probe asks, in seconds and counts, by Kubernetes' own names. */
export interface ProbeTiming {
  initialDelaySeconds?: number
  periodSeconds?: number
  timeoutSeconds?: number
  failureThreshold?: number
  successThreshold?: number
  /** Of a liveness or startup probe: in the place of the pod's own. */
  terminationGracePeriodSeconds?: number
}

export interface WebaplOptions {
  /** 3 unless given. */
  replicas?: number
  /** `/healthz` answers 500 from so many seconds after the start on; never unless given. */
  failAfter?: number
  /** `/ready` answers 500 until so many seconds after the start; at once ready unless given. */
  readyAfter?: number
  /** Asks `/healthz`; D=3 P=5 unless given. `false` leaves the probe out. */
  liveness?: ProbeTiming | false
  /** Asks `/ready`; D=15 P=6 unless given. `false` leaves the probe out. */
  readiness?: ProbeTiming | false
  /** The path that readiness asks; `/ready` unless given. */
  readinessPath?: string
  /** Probes every second, readiness giving up after two failures: what is not given above is taken from there. */
  quick?: boolean
  /**
   * What SIGTERM does: `drain` unless given. `stop listening` takes no new connections from then on and asks the open
   * ones to close; `only close` does not even ask.
   */
  onSigterm?: 'drain' | 'ignore' | 'exit 1' | 'stop listening' | 'only close'
  /** It fails 2 s after it has started, before it listens, and says why. */
  onStart?: 'exit 1'
  /**
   * It counts its starts, in a file of its own in /tmp and in one in /tmp/cache, which is an emptyDir or a folder of its
   * own; not at all unless given.
   */
  cache?: 'an emptyDir' | 'its own'
  /** A shell is process 1 and starts the server, as many an image has it. */
  underShell?: boolean
  /** The kubelet waits for so many seconds before it sends SIGTERM; not at all unless given. */
  preStopSleep?: number
  /** A command does that waiting, which may be longer than the grace period; the kubelet's own sleep unless given. */
  preStopBy?: 'exec'
  /** For so many seconds after SIGTERM it still answers; 2 unless given. */
  drain?: number
  terminationGracePeriodSeconds?: number
  /** Labels of the node that its pods must run on. */
  nodeSelector?: Record<string, string>
  /** At most one pod of it on a node. */
  oneOnANode?: boolean
  /** How long its pods stay bound to a node that is lost; 300, Kubernetes' own, unless given. */
  tolerationSeconds?: number | 'for ever'
  /** Tells one version of the app from another, by its environment; none unless given. */
  version?: string
  /** An image other than the chart's own, which is not built here. */
  image?: string
  /** How its Deployment rolls out; Kubernetes' own way unless given. */
  strategy?: {
    type: 'RollingUpdate' | 'Recreate'
    rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string }
  }
  minReadySeconds?: number
  progressDeadlineSeconds?: number
  /** Nothing is rolled out while it is. */
  paused?: boolean
  /** The Service lists its pods as ready whether they are or not. */
  publishNotReadyAddresses?: boolean
  /** One Pod by itself, with this restart policy, in place of a Deployment. */
  barePod?: 'Always' | 'OnFailure' | 'Never'
}

const textbook = {
  liveness: { initialDelaySeconds: 3, periodSeconds: 5 },
  readiness: { initialDelaySeconds: 15, periodSeconds: 6 },
}
const quick = {
  // Patient with the start and with one slow answer, so that a busy machine alone restarts nothing.
  liveness: { initialDelaySeconds: 5, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 3 },
  readiness: { periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 2 },
}

const labels = { app: 'webapl' }

function preStop(seconds: number, by: WebaplOptions['preStopBy']): object {
  return by === 'exec' ? { exec: { command: ['sleep', String(seconds)] } } : { sleep: { seconds } }
}
const cachePath = '/tmp/cache'

/** A small Node server behind a Service, with an endpoint for each probe and an orderly stop. */
export function webapl(options: WebaplOptions = {}): Chart {
  const {
    replicas = 3,
    failAfter,
    readyAfter,
    drain,
    onSigterm,
    nodeSelector,
    readinessPath = '/ready',
    cache,
  } = options
  const timing = options.quick ? quick : textbook
  const probe = (path: string, usual: ProbeTiming, own: ProbeTiming | false | undefined) =>
    own === false ? undefined : { httpGet: { path, port: 'http' }, ...usual, ...own }
  const env = {
    FAIL_AFTER: failAfter,
    READY_AFTER: readyAfter,
    DRAIN: drain,
    ON_SIGTERM: onSigterm,
    ON_START: options.onStart,
    VERSION: options.version,
    COUNT_STARTS_IN: cache && `/tmp,${cachePath}`,
  }
  const container = {
    name: 'webapl',
    image: options.image ?? image.name,
    command: options.underShell ? commandUnderShell('webapl') : commandOf('webapl'),
    ports: [{ name: 'http', containerPort: 8080 }],
    env: Object.entries(env).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value: String(value) }],
    ),
    ...(options.preStopSleep !== undefined && {
      lifecycle: { preStop: preStop(options.preStopSleep, options.preStopBy) },
    }),
    ...(cache === 'an emptyDir' && { volumeMounts: [{ name: 'cache', mountPath: cachePath }] }),
    livenessProbe: probe('/healthz', timing.liveness, options.liveness),
    readinessProbe: probe(readinessPath, timing.readiness, options.readiness),
  }
  const antiAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
    ],
  }
  const { tolerationSeconds, strategy, minReadySeconds, progressDeadlineSeconds, paused } = options
  const tolerations = ['not-ready', 'unreachable'].map((state) => ({
    ...{ key: `node.kubernetes.io/${state}`, operator: 'Exists', effect: 'NoExecute' },
    ...(tolerationSeconds !== 'for ever' && { tolerationSeconds }),
  }))
  const spec = {
    containers: [container],
    ...(cache === 'an emptyDir' && { volumes: [{ name: 'cache', emptyDir: {} }] }),
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: options.terminationGracePeriodSeconds ?? 30,
    ...(nodeSelector && { nodeSelector }),
    ...(options.oneOnANode && { affinity: { podAntiAffinity: antiAffinity } }),
    ...(tolerationSeconds !== undefined && { tolerations }),
  }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'webapl', labels },
    spec: {
      ...{ replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
      ...(strategy && { strategy }),
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      ...(progressDeadlineSeconds !== undefined && { progressDeadlineSeconds }),
      ...(paused !== undefined && { paused }),
    },
  }
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'webapl', labels },
    spec: { ...spec, restartPolicy: options.barePod },
  }
  const { publishNotReadyAddresses } = options
  const isOwn = options.image === undefined
  const ports = [{ name: 'http', port: 80, targetPort: 'http' }]
  return {
    name: 'webapl',
    images: isOwn ? [image] : [],
    behaviours: isOwn ? { [image.name]: apps } : {},
    traffic: { path: '/' },
    objects: [
      options.barePod ? pod : deployment,
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'webapl', labels },
        spec: { selector: labels, ports, ...(publishNotReadyAddresses && { publishNotReadyAddresses }) },
      },
    ],
  }
}
