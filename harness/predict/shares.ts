/**
 * What the machine takes, in milliseconds: the largest that kind on two cores at rest should need, the images in its
 * nodes already. Kubernetes promises none of it. On a busy machine each may be longer: what is late by less than that
 * is no broken promise.
 */
export const shares = {
  /** From the kubelet's decision to the container's process. */
  containerStart: 750,
  /** From the pod's binding to its node to the processes of its containers. */
  sandboxStarts: 1_000,
  /** From the end of a Job's last pod, as its status tells, to the Job's condition. */
  jobCounts: 3_000,
  /** From the start of an app that fails at its start to its end. Estimated: no spec tells it. */
  appFails: 3_000,
  /** From the kubelet's status to the arrival of the watch event. */
  statusArrives: 250,
  /** From the pod's status to the EndpointSlice's watch event. */
  endpointsFollow: 750,
  /** From a pod's loss to the binding of the one that its ReplicaSet makes. */
  replacementCreated: 250,
  /** From a change that a Deployment's controller sees to the new sizes of its ReplicaSets. */
  rollOutStep: 250,
  /** From a taint, or the end of its toleration, to the deletion of a pod on its node. */
  taintEvicts: 500,
  /** From a pod's readiness to the budget that counts it. */
  budgetCounts: 250,
  /** From the end of the grace period, or of the process, to the runtime's word of it. */
  runtimeEnds: 2_000,
  /** From the loss or the return of what an app depends on to the app's own knowledge of it: none of it is in a spec. */
  dependencyNoticed: 3_000,
  /** From the proxy's deletion to the end of its rule. */
  proxyGoes: 2_000,
  /** From the start of a stopped kubelet to its first sync. Estimated: not measured yet. */
  kubeletStarts: 5_000,
  /**
   * From the end of a partition to a kubelet that talks to the API server again; seen: 1 to 4 s. Its heartbeat gives up
   * after 10 s and connects anew, so TCP's next attempt is never far.
   */
  apiReached: 10_000,
  /** From the start of a stopped node's machine to its kubelet's first sync. Estimated: not measured yet. */
  nodeBoots: 30_000,
} as const

/**
 * How long an invariant waits for an event of the kubelet's, in milliseconds. It is no part of a window: one that waits
 * too short a time would hold falsely.
 */
export const eventWaitMs = 3_000
