import { UsageError } from './errors.ts'

/** A cluster's settings that bear on time, in milliseconds unless their names say otherwise; all are Kubernetes' own where absent. */
export interface ClusterTiming {
  /** As `1.34` or `v1.34.4`. */
  version?: string | undefined
  /** `--node-monitor-grace-period` of the controller manager: how long a node may be silent. */
  nodeMonitorGraceMs?: number | undefined
  /** `--node-monitor-period`: how often the controller manager looks at its nodes' heartbeats. */
  nodeMonitorPeriodMs?: number | undefined
  /** How often a kubelet renews its lease: its last heartbeat may be so old, and a little older. */
  nodeLeaseRenewMs?: number | undefined
  /** `--node-eviction-rate` of the controller manager: how many silent nodes of a zone it taints in a second. */
  nodeEvictionRate?: number | undefined
  /** How long PodGC waits before it believes that a Node is gone. */
  podGcQuarantineMs?: number | undefined
  /** How often PodGC looks. */
  podGcPeriodMs?: number | undefined
  /** The tolerationSeconds that a pod is given for a node that is unreachable, where its spec says nothing. */
  defaultTolerationSeconds?: number | undefined
  /** The longest wait before a container is started again; from 1.35 on `crashLoopBackOff` of the kubelet may shorten it. */
  crashLoopBackOffMaxMs?: number | undefined
}

export type ResolvedTiming = { [K in keyof Omit<ClusterTiming, 'version'>]-?: number }

/** Where each setting and its default is from. */
export const timingSources = {
  // 50 s since 1.32: https://github.com/kubernetes/kubernetes/pull/126287
  nodeMonitorGraceMs: 'kubernetes/pkg/controller/nodelifecycle/config/v1alpha1/defaults.go',
  nodeMonitorPeriodMs: 'kubernetes/pkg/controller/nodelifecycle/node_lifecycle_controller.go',
  nodeLeaseRenewMs: 'kubernetes/pkg/kubelet/kubelet.go: nodeLeaseRenewIntervalFraction',
  nodeEvictionRate:
    'kubernetes/pkg/controller/nodelifecycle/node_lifecycle_controller.go: doNoExecuteTaintingPass',
  podGcQuarantineMs: 'kubernetes/pkg/controller/podgc/gc_controller.go: quarantineTime',
  podGcPeriodMs: 'kubernetes/pkg/controller/podgc/gc_controller.go: gcCheckPeriod',
  defaultTolerationSeconds: 'https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/',
  crashLoopBackOffMaxMs: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy',
} as const satisfies Record<keyof ResolvedTiming, string>

/**
 * The settings of a cluster of this version, as `1.34` or `v1.34.4`, that nobody has changed.
 *
 * @throws UsageError for anything that is not a version.
 */
export function timingOfVersion(version: string): ClusterTiming {
  const graceMs = graceOf(version)
  if (graceMs !== undefined) return { version, nodeMonitorGraceMs: graceMs }
  throw new UsageError(
    `${JSON.stringify(version)} is not a version of Kubernetes: one such as 1.34 or v1.34.4 is expected`,
  )
}

/** Every setting, Kubernetes' own where the cluster's is not known. */
export function resolveTiming(cluster: ClusterTiming = {}): ResolvedTiming {
  return {
    nodeMonitorGraceMs: cluster.nodeMonitorGraceMs ?? graceOf(cluster.version ?? '') ?? 50_000,
    nodeMonitorPeriodMs: cluster.nodeMonitorPeriodMs ?? 5_000,
    nodeLeaseRenewMs: cluster.nodeLeaseRenewMs ?? 10_000,
    nodeEvictionRate: cluster.nodeEvictionRate ?? 0.1,
    podGcQuarantineMs: cluster.podGcQuarantineMs ?? 40_000,
    podGcPeriodMs: cluster.podGcPeriodMs ?? 20_000,
    defaultTolerationSeconds: cluster.defaultTolerationSeconds ?? 300,
    crashLoopBackOffMaxMs: cluster.crashLoopBackOffMaxMs ?? 300_000,
  }
}

function graceOf(version: string): number | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)(?:[.+-].*)?$/.exec(version) ?? []
  if (major === undefined) return undefined
  return Number(major) === 1 && Number(minor) < 32 ? 40_000 : 50_000
}
