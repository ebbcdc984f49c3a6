import type { PodObject } from '../../kube.ts'
import { conditionOf } from '../controllers/conditions.ts'
import { isReady, isTerminal, isTerminating } from '../controllers/pod-state.ts'
import { replicasOf } from '../controllers/rollout.ts'
import { type KindName, kinds } from '../kinds.ts'
import { containersOf, initContainersOf, isSidecar, uidOf } from '../kubelet/spec.ts'
import type { Process, World } from '../world.ts'
import { isAlwaysReady } from './invariants.ts'
import { namespace } from './workload.ts'

/** What is not yet as it is once everything has settled; undefined where all is. */
export function unsettled(world: World, running: ReadonlySet<Process>): string | undefined {
  return (
    nodesLack(world) ??
    podsLack(world) ??
    processesLack(world, running) ??
    deploymentLacks(world) ??
    endpointsLack(world)
  )
}

/** What is left of a namespace that is gone. */
export function leftovers({ store }: World, running: ReadonlySet<Process>): string | undefined {
  const [process] = running
  if (process) return `${nameOf(process.order.pod)}/${process.order.name} runs, and its namespace is gone`
  const kind = (Object.keys(kinds) as KindName[]).find(
    (one) => kinds[one].namespaced && store.list(one, namespace).length > 0,
  )
  if (kind) return `${kind}/${store.list(kind, namespace)[0]?.metadata?.name} is left of its namespace`
  return store.get('Namespace', namespace) && 'the namespace is still there'
}

function nodesLack({ store, machines }: World): string | undefined {
  for (const { name, role } of machines.values()) {
    const node = store.get('Node', name)
    if (!node) return `Node ${name} is not there`
    if (conditionOf(node.status?.conditions, 'Ready')?.status !== 'True') return `Node ${name} is not ready`
    if (role === 'worker' && node.spec?.taints?.length)
      return `Node ${name} is tainted with ${node.spec.taints[0]?.key}`
  }
  return undefined
}

function podsLack({ store }: World): string | undefined {
  const pods = store.list('Pod', namespace)
  const deployment = store.get('Deployment', 'web', namespace)
  for (const pod of pods) {
    if (isTerminating(pod) || isTerminal(pod))
      return `${nameOf(pod)} is ${pod.status?.phase}, and still there`
    if (!isReady(pod))
      return `${nameOf(pod)} is not ready: ${JSON.stringify(pod.status?.containerStatuses?.map(({ state }) => state))}`
  }
  const desired = deployment?.spec?.replicas
  if (pods.length !== desired) return `there are ${pods.length} pods of ${desired}`
  const ips = new Set(pods.map(({ status }) => status?.podIP))
  return ips.size === pods.length
    ? undefined
    : `two pods have one IP: ${pods.map(({ status }) => status?.podIP)}`
}

/** As many processes as there are containers, each on its pod's node with its pod's IP. */
function processesLack({ store }: World, running: ReadonlySet<Process>): string | undefined {
  const pods = store.list('Pod', namespace)
  const known = new Map(pods.map((pod) => [uidOf(pod), pod]))
  for (const { order } of running) {
    const pod = known.get(uidOf(order.pod))
    const name = `${nameOf(order.pod)}/${order.name}`
    if (!pod) return `${name} runs, and its pod is gone`
    if (order.machine.name !== pod.spec?.nodeName) return `${name} runs on ${order.machine.name}`
    if (order.ip !== pod.status?.podIP) return `${name} has ${order.ip}, and its pod ${pod.status?.podIP}`
  }
  const lasting = pods.flatMap((pod) => [...containersOf(pod), ...initContainersOf(pod).filter(isSidecar)])
  return running.size === lasting.length ? undefined : `${running.size} of ${lasting.length} containers run`
}

function deploymentLacks({ store }: World): string | undefined {
  const { spec, status, metadata } = store.get('Deployment', 'web', namespace) ?? {}
  const desired = spec?.replicas ?? 0
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status ?? {}
  const counts = [replicas, updatedReplicas, readyReplicas, availableReplicas]
  if (counts.some((count) => count !== desired)) return `the Deployment counts ${counts} of ${desired}`
  if (status?.unavailableReplicas) return `the Deployment lacks ${status.unavailableReplicas}`
  if (status?.observedGeneration !== metadata?.generation) return 'the Deployment has not been observed'
  if (conditionOf(status?.conditions, 'Available')?.status !== 'True')
    return 'the Deployment is not Available'
  const sets = store.list('ReplicaSet', namespace).filter((set) => replicasOf(set) > 0)
  return sets.length === Math.min(1, desired) ? undefined : `${sets.length} ReplicaSets have pods`
}

function endpointsLack({ store }: World): string | undefined {
  const endpoints = store.list('EndpointSlice', namespace).flatMap(({ endpoints = [] }) => endpoints)
  const pods = store.list('Pod', namespace)
  const told = endpoints
    .filter(({ conditions }) => conditions?.ready)
    .map(({ targetRef }) => targetRef?.uid ?? '')
  const isSame = told.length === pods.length && pods.every((pod) => told.includes(uidOf(pod)))
  if (!isSame || endpoints.length !== pods.length)
    return `${told.length} of ${pods.length} pods are ready endpoints`
  const wrong = pods.find(
    (pod) =>
      endpoints.find(({ targetRef }) => targetRef?.uid === uidOf(pod))?.addresses[0] !== pod.status?.podIP,
  )
  if (wrong) return `the endpoint of ${nameOf(wrong)} has another IP`
  const late = endpoints.find(({ conditions }) => !conditions?.serving || conditions.terminating)
  return late && !isAlwaysReady(store.get('Service', 'web', namespace))
    ? 'an endpoint does not serve'
    : undefined
}

function nameOf({ metadata }: PodObject): string {
  return metadata?.name ?? ''
}
