/** A cluster's settings that bear on time, in milliseconds unless their names say otherwise; all are Kubernetes' own where absent. */
export interface ClusterTiming {
  /** As `1.34` or `v1.34.4`. */
  version?: string | undefined
  /** `--node-monitor-grace-period` of the controller manager: how long a node may be silent. */
  nodeMonitorGraceMs?: number | undefined
  /** `--node-monitor-period`: how often the controller manager looks at its nodes' heartbeats. */
  nodeMonitorPeriodMs?: number | undefined
  /** How often a kubelet renews its lease: its last heartbeat may be so old. */
  nodeLeaseRenewMs?: number | undefined
  /** How long PodGC waits before it believes that a Node is gone. */
  podGcQuarantineMs?: number | undefined
  /** How often PodGC looks. */
  podGcPeriodMs?: number | undefined
  /** The tolerationSeconds that a pod is given for a node that is unreachable, where its spec says nothing. */
  defaultTolerationSeconds?: number | undefined
  /** The longest wait before a container is started again; from 1.35 on `crashLoopBackOff` of the kubelet may shorten it. */
  crashLoopBackOffMaxMs?: number | undefined
}
