const docs = 'https://kubernetes.io/docs'
const pods = `${docs}/concepts/workloads/pods`
const code = 'https://github.com/kubernetes/kubernetes/blob/release-1.34/pkg'

/** Where Kubernetes itself makes the promise that the scenarios of a file check, by the file's name. */
export const sources: Record<string, string[]> = {
  'backend-app': [
    `${docs}/concepts/configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run`,
    `${pods}/sidecar-containers`,
    `${docs}/concepts/containers/container-lifecycle-hooks`,
  ],
  'control-plane.exclusive': [
    `${docs}/concepts/architecture/#control-plane-components`,
    `${docs}/tasks/configure-pod-container/static-pod`,
  ],
  'crash-loop': [
    `${pods}/pod-lifecycle/#restart-policy`,
    `${code}/kubelet/kuberuntime/kuberuntime_manager.go`,
  ],
  'cron-job': [`${docs}/concepts/workloads/controllers/cron-jobs/#concurrency-policy`],
  'deleted-node.exclusive': [
    `${pods}/pod-lifecycle/#pod-garbage-collection`,
    `${code}/controller/podgc`,
    `${docs}/concepts/workloads/controllers/job/#handling-pod-and-container-failures`,
  ],
  'drain.exclusive': [
    `${docs}/tasks/administer-cluster/safely-drain-node`,
    `${docs}/concepts/scheduling-eviction/api-eviction`,
  ],
  evict: [
    `${docs}/concepts/workloads/pods/disruptions/#pod-disruption-budgets`,
    `${docs}/concepts/scheduling-eviction/api-eviction`,
  ],
  frozen: [`${pods}/probes/#liveness-probe`, `${pods}/pod-lifecycle/#pod-termination-forced`],
  'graceful-stop': [`${pods}/pod-lifecycle/#pod-termination`],
  job: [`${docs}/concepts/workloads/controllers/job/#pod-backoff-failure-policy`],
  'killed-pod': [
    `${docs}/concepts/workloads/controllers/replicaset`,
    `${pods}/pod-lifecycle/#pod-termination`,
  ],
  kubia: [
    `${docs}/concepts/workloads/controllers/replicaset`,
    `${docs}/concepts/services-networking/service/#virtual-ips-and-service-proxies`,
  ],
  labels: [
    `${docs}/concepts/workloads/controllers/replicaset/#isolating-pods-from-a-replicaset`,
    `${docs}/concepts/overview/working-with-objects/owners-dependents`,
  ],
  liveness: [`${pods}/probes/#liveness-probe`, `${code}/kubelet/prober/worker.go`],
  logs: [`${docs}/concepts/cluster-administration/logging`],
  'my-app': [
    `${pods}/init-containers`,
    `${pods}/probes/#readiness-probe`,
    `${pods}/pod-lifecycle/#pod-termination`,
  ],
  neighbours: [
    `${docs}/concepts/overview/working-with-objects/namespaces`,
    `${docs}/concepts/policy/resource-quotas/#object-count-quota`,
  ],
  'partition.exclusive': [
    `${docs}/concepts/architecture/nodes/#node-heartbeats`,
    `${docs}/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions`,
  ],
  'pause-node.exclusive': [`${docs}/concepts/architecture/nodes/#node-heartbeats`],
  'probe-fields': [
    `${pods}/probes/#http-probes`,
    `${pods}/probes/#startup-probe`,
    `${docs}/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes`,
  ],
  'probe-ways-hang': [
    `${docs}/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes`,
  ],
  'probe-ways-liveness': [`${pods}/probes/#probe-check-methods`],
  'probe-ways-readiness': [`${pods}/probes/#probe-check-methods`],
  'probe-ways-startup': [`${pods}/probes/#startup-probe`],
  readiness: [
    `${pods}/probes/#readiness-probe`,
    `${docs}/concepts/services-networking/endpoint-slices/#conditions`,
  ],
  'roll-out': [
    `${docs}/concepts/workloads/controllers/deployment/#updating-a-deployment`,
    `${docs}/concepts/workloads/controllers/deployment/#failed-deployment`,
  ],
  scale: [`${docs}/concepts/workloads/controllers/deployment/#scaling-a-deployment`],
  sigkill: [`${pods}/pod-lifecycle/#restart-policy`],
  'stop-kubelet.exclusive': [`${docs}/concepts/architecture/nodes/#node-heartbeats`],
  'stop-node.exclusive': [
    `${docs}/concepts/architecture/nodes/#node-heartbeats`,
    `${docs}/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions`,
  ],
  textbook: [
    `${docs}/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes`,
    `${pods}/pod-lifecycle/#restart-policy`,
    `${docs}/concepts/storage/volumes/#emptydir`,
  ],
  'taint.exclusive': [`${docs}/concepts/scheduling-eviction/taint-and-toleration`],
}

/** `scenarios/scale.scenario.ts` is `scale`. */
export function nameOfFile(file: string): string {
  return file.replace(/^.*\//, '').replace(/\.scenario\.[cm]?[jt]s$/, '')
}
