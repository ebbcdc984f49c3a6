/** What scenarios and charts are written with. */
export { expect } from './claims/matchers.ts'
export type { Cluster } from './cluster/cluster.ts'
export { deleteNode } from './faults/delete-node.ts'
export { deletePod, killPod } from './faults/delete-pod.ts'
export { cordonNode, drainNode } from './faults/drain-node.ts'
export { type EvictOptions, evictPod } from './faults/evict.ts'
export { type ExhaustMemoryOptions, exhaustMemory } from './faults/exhaust-memory.ts'
export { failDependency } from './faults/fail-dependency.ts'
export { type FailProbeOptions, failProbe } from './faults/fail-probe.ts'
export type { Fault, InjectedFault } from './faults/fault.ts'
export { type FreezeContainerOptions, freezeContainer } from './faults/freeze-container.ts'
export { type KillContainerOptions, killContainer } from './faults/kill-container.ts'
export { pauseNode, stopKubelet, stopNode } from './faults/lose-node.ts'
export { orphanPod } from './faults/orphan-pod.ts'
export { partitionNode } from './faults/partition-node.ts'
export { rollBack } from './faults/roll-back.ts'
export { type RollOutOptions, rollOut } from './faults/roll-out.ts'
export { type ScaleOptions, scale } from './faults/scale.ts'
export { type ControlPlaneComponent, stopControlPlane } from './faults/stop-control-plane.ts'
export { type TaintNodeOptions, taintNode } from './faults/taint-node.ts'
export type {
  AppAnswer,
  AppRequest,
  AppSignal,
  Behaviour,
  Host,
  Link,
  LinkEvents,
  Listener,
} from './model/behaviour.ts'
export type { Duration } from './model/duration.ts'
export type { DeployOptions, ScenarioBody, ScenarioContext } from './scenario/context.ts'
export { type ScenarioOptions, scenario } from './scenario/scenario.ts'
export type { Chart, LocalImage, TrafficTarget } from './workload/chart.ts'
export { type HelmOptions, helm } from './workload/helm.ts'
export { kustomize } from './workload/kustomize.ts'
export type { ManifestOptions } from './workload/manifest.ts'
export { Pod, Workload } from './workload/workload.ts'
export { yaml } from './workload/yaml.ts'
