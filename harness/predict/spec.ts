/** The parts of a pod's spec that bear on time, with Kubernetes' own names and units. */
export interface PodTiming {
  containers: ContainerTiming[]
  terminationGracePeriodSeconds?: number | undefined
}

export interface ContainerTiming {
  name: string
  livenessProbe?: ProbeTiming | undefined
  readinessProbe?: ProbeTiming | undefined
  startupProbe?: ProbeTiming | undefined
}

export interface ProbeTiming {
  initialDelaySeconds?: number | undefined
  periodSeconds?: number | undefined
  timeoutSeconds?: number | undefined
  successThreshold?: number | undefined
  failureThreshold?: number | undefined
  terminationGracePeriodSeconds?: number | undefined
}

/** A probe's timing in milliseconds and counts, with the API server's defaults filled in. */
export interface ResolvedProbe {
  delayMs: number
  periodMs: number
  timeoutMs: number
  successes: number
  failures: number
}

/** https://kubernetes.io/docs/concepts/workloads/pods/probes/#configure-probes */
export function resolveProbe(probe: ProbeTiming): ResolvedProbe {
  return {
    delayMs: (probe.initialDelaySeconds ?? 0) * 1_000,
    periodMs: (probe.periodSeconds ?? 10) * 1_000,
    timeoutMs: (probe.timeoutSeconds ?? 1) * 1_000,
    successes: probe.successThreshold ?? 1,
    failures: probe.failureThreshold ?? 3,
  }
}

/** A pod's grace period in milliseconds; 30 s unless the spec says otherwise. */
export function graceMs(pod: PodTiming): number {
  return (pod.terminationGracePeriodSeconds ?? 30) * 1_000
}
