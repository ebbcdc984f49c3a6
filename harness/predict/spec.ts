/** The parts of a pod's spec that bear on time, with Kubernetes' own names and units. */
export interface PodTiming {
  containers: ContainerTiming[]
  /** They run before the containers, for as long as they like. */
  initContainers?: { name: string }[] | undefined
  terminationGracePeriodSeconds?: number | undefined
  /** `Always` unless given. */
  restartPolicy?: string | undefined
  tolerations?: Toleration[] | undefined
}

export interface ContainerTiming {
  name: string
  livenessProbe?: ProbeTiming | undefined
  readinessProbe?: ProbeTiming | undefined
  startupProbe?: ProbeTiming | undefined
  lifecycle?: { preStop?: PreStop | undefined } | undefined
}

export interface PreStop {
  exec?: { command?: string[] | undefined } | undefined
  sleep?: { seconds: number } | undefined
  httpGet?: object | undefined
}

export interface Toleration {
  key?: string | undefined
  operator?: string | undefined
  value?: string | undefined
  effect?: string | undefined
  tolerationSeconds?: number | undefined
}

export interface ProbeTiming {
  initialDelaySeconds?: number | undefined
  periodSeconds?: number | undefined
  timeoutSeconds?: number | undefined
  successThreshold?: number | undefined
  failureThreshold?: number | undefined
  terminationGracePeriodSeconds?: number | undefined
  tcpSocket?: object | undefined
  exec?: object | undefined
}

/** A probe's timing in milliseconds and counts, with the API server's defaults filled in. */
export interface ResolvedProbe {
  delayMs: number
  /** How soon after its container's start it may first be asked: the kubelet counts from the whole second of that start. */
  leastDelayMs: number
  periodMs: number
  timeoutMs: number
  successes: number
  failures: number
}

/**
 * The API server takes 0 for what is not given.
 * https://kubernetes.io/docs/concepts/workloads/pods/probes/#configure-probes; the whole second is that of
 * kubernetes/pkg/kubelet/status/status_manager.go: normalizeStatus, which prober/worker.go counts from.
 */
export function resolveProbe(probe: ProbeTiming): ResolvedProbe {
  const delayMs = (probe.initialDelaySeconds ?? 0) * 1_000
  return {
    delayMs,
    leastDelayMs: Math.max(0, delayMs - 1_000),
    periodMs: (probe.periodSeconds || 10) * 1_000,
    timeoutMs: (probe.timeoutSeconds || 1) * 1_000,
    successes: probe.successThreshold || 1,
    failures: probe.failureThreshold || 3,
  }
}

/** The grace period in milliseconds: a probe's own, else the pod's; 30 s unless the spec says otherwise. */
export function graceMs(pod: PodTiming, probe?: ProbeTiming): number {
  return (probe?.terminationGracePeriodSeconds ?? pod.terminationGracePeriodSeconds ?? 30) * 1_000
}

const unitMs: Record<string, number> = { '': 1_000, s: 1_000, m: 60_000, h: 3_600_000 }

/**
 * How long a container's preStop hook takes at least, in milliseconds, as far as its spec tells: a `sleep`, or a command
 * that begins with one. Undefined where there is a hook that tells nothing of it; 0 where there is none.
 */
export function preStopMs({ lifecycle }: ContainerTiming): number | undefined {
  const preStop = lifecycle?.preStop
  if (!preStop) return 0
  if (preStop.sleep) return preStop.sleep.seconds * 1_000
  const command = preStop.exec?.command ?? []
  const isShell = /(?:^|\/)(?:ba|da|a)?sh$/.test(command[0] ?? '') && command[1] === '-c'
  const script = isShell ? (command[2] ?? '') : command.join(' ')
  // What follows the sleep comes after it, unless it is sent to the background.
  const [, number, unit = ''] =
    /^\s*(?:\S*\/)?sleep\s+(\d+(?:\.\d+)?)([smh]?)\s*(?:$|;|&&|\n)/.exec(script) ?? []
  return number === undefined ? undefined : Number(number) * (unitMs[unit] ?? 1_000)
}
