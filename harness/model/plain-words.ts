/**
 * Words that say nothing of a Secret that has one of them for a value, and that recordings, results and messages cannot do
 * without: the schema's own, and those that Kubernetes' objects are made of.
 */
export const plainWords: ReadonlySet<string> = new Set(
  `violated error inconclusive passed skipped response invariant inside normal control existing simulated reused
  answer terminating itself SIGKILL SIGTERM description events deployment kubernetes
  LISTED MODIFIED DELETED BOOKMARK traffic signal fault workload landed reverted injecting redacted
  Pending Running Succeeded Failed Unknown Terminating Completed Terminated Waiting Error OOMKilled Ready
  Normal Warning Always OnFailure IfNotPresent ClusterIP NodePort LoadBalancer Opaque default File true false
  kube-system default-scheduler ClusterFirst Recreate RollingUpdate RuntimeDefault Guaranteed Burstable BestEffort
  Deployment ReplicaSet StatefulSet DaemonSet CronJob Secret Service ConfigMap Namespace Endpoints EndpointSlice Event
  PodDisruptionBudget apps/v1 batch/v1 policy/v1 discovery.k8s.io/v1 status message reason`.split(/\s+/),
)
