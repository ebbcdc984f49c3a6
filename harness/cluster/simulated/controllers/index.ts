import { startScheduler } from '../scheduler.ts'
import type { World } from '../world.ts'
import { startDeployments } from './deployment.ts'
import { startDisruption } from './disruption.ts'
import { startEndpointSlices } from './endpointslice.ts'
import { startGarbageCollector } from './garbage-collector.ts'
import { startJobs } from './job.ts'
import { startNodeLifecycle } from './node-lifecycle.ts'
import { startPodGc } from './pod-gc.ts'
import { startQuotas } from './quota.ts'
import { startReplicaSets } from './replicaset.ts'
import { startTaintEviction } from './taint-eviction.ts'

/** Starts the controller manager and the scheduler, always in the same order. */
export function startControllers(world: World): void {
  startQuotas(world)
  startDeployments(world)
  startReplicaSets(world)
  startEndpointSlices(world)
  startNodeLifecycle(world)
  startTaintEviction(world)
  startDisruption(world)
  startPodGc(world)
  startGarbageCollector(world)
  startScheduler(world)
  startJobs(world)
}
