import type { EndpointSliceObject, KubeObject, PodObject, ServiceObject } from '../../kube.ts'
import { isReady, isTerminal, isTerminating } from '../controllers/pod-state.ts'
import { limitsOf, replicasOf, totalOf } from '../controllers/rollout.ts'
import { isOfTemplate } from '../controllers/template-hash.ts'
import { controllerOf } from '../deletion.ts'
import { containersOf, initContainersOf, uidOf } from '../kubelet/spec.ts'
import type { Change, ObjectOf } from '../store.ts'
import type { Process, World } from '../world.ts'
import { namespace } from './workload.ts'

/** So long, in milliseconds, may a controller take to follow what has changed, a second try of the EndpointSlice controller among it. */
const lagMs = 1_500

/** Holds a world to what Kubernetes promises, at each change, and keeps what broke it. */
export class Invariants {
  readonly broken: string[] = []
  readonly running = new Set<Process>()
  private readonly world: World
  private readonly counts = new Map<string, { restarts: number; containerID: string | undefined }>()
  /** By UID, since when a pod may be no ready endpoint; undefined while it may. */
  private readonly unready = new Map<string, number | undefined>()

  constructor(world: World) {
    this.world = world
    const { store } = world
    store.on('Pod', (change) => {
      if (change.object.metadata?.namespace !== namespace) return
      this.checkPod(change)
      this.checkCounts(change)
      this.checkReadiness(change)
      this.checkPlace(change)
      this.checkRecreate(change)
    })
    store.on('EndpointSlice', ({ type, object }) => {
      if (type !== 'DELETED') this.checkSlice(object as EndpointSliceObject)
    })
    store.on('ReplicaSet', (change) => this.checkSurge(change))
    for (const kind of ['Pod', 'Deployment', 'ReplicaSet'] as const) {
      store.on(kind, (change) => this.checkGenerations(change))
    }
  }

  /** A container's process has begun. */
  started(process: Process): void {
    const { pod, name, ip, machine } = process.order
    const uid = uidOf(pod)
    for (const other of this.running) {
      const { order } = other
      if (uidOf(order.pod) === uid && order.name === name)
        this.say(`${pod.metadata?.name}/${name} runs twice`)
      if (uidOf(order.pod) !== uid && order.ip === ip) {
        this.say(`${pod.metadata?.name} and ${order.pod.metadata?.name} have the IP ${ip}`)
      }
    }
    if (machine.state !== 'running')
      this.say(`${pod.metadata?.name}/${name} starts on a machine that is ${machine.state}`)
    this.running.add(process)
    process.onExit(() => this.running.delete(process))
  }

  say(what: string): void {
    const told = `${what}, at ${Math.round(this.world.clock.now())} ms`
    if (this.broken.length < 10) this.broken.push(told)
  }

  private checkGenerations({ type, object, before }: Change): void {
    if (type !== 'MODIFIED' || !before) return
    const [is, was] = [generationsOf(object), generationsOf(before)]
    const subject = `${object.kind}/${object.metadata?.name}`
    if (is.generation < was.generation) this.say(`${subject}: its generation fell to ${is.generation}`)
    if (is.observed < was.observed) this.say(`${subject}: its observedGeneration fell to ${is.observed}`)
    if (is.observed > is.generation) this.say(`${subject}: observed more than there is: ${is.observed}`)
  }

  private checkPod({ object, before }: Change): void {
    const [pod, old] = [object as PodObject, before as PodObject | undefined]
    const name = pod.metadata?.name
    const { conditions = [], containerStatuses = [], phase } = pod.status ?? {}
    if (old && isTerminating(old) && !isTerminating(pod)) this.say(`${name} is no longer deleted`)
    if (old && isTerminal(old) && phase !== old.status?.phase) this.say(`${name} was over, and is ${phase}`)
    if (old?.spec?.nodeName && pod.spec?.nodeName !== old.spec.nodeName) this.say(`${name} changed its node`)
    if (old?.status?.startTime && pod.status?.startTime !== old.status.startTime)
      this.say(`${name} started again`)
    if (new Set(conditions.map(({ type }) => type)).size !== conditions.length)
      this.say(`${name}: a condition twice`)
    if (!isReady(pod) || isTerminal(pod)) return
    if (phase !== 'Running') this.say(`${name} is ready in the phase ${phase}`)
    if (containerStatuses.length !== containersOf(pod).length) this.say(`${name} is ready without containers`)
    if (containerStatuses.some(({ ready }) => !ready)) this.say(`${name} is ready, and a container is not`)
    if (!pod.status?.podIP) this.say(`${name} is ready without an IP`)
  }

  private checkCounts({ type, object }: Change): void {
    const pod = object as PodObject
    const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
    for (const { name, restartCount, containerID, state, lastState } of [
      ...containerStatuses,
      ...initContainerStatuses,
    ]) {
      const key = `${uidOf(pod)} ${name}`
      const subject = `${pod.metadata?.name}/${name}`
      const was = this.counts.get(key)
      if (was && restartCount < was.restarts) this.say(`${subject}: restartCount fell to ${restartCount}`)
      const isOther = was?.containerID !== undefined && containerID !== was.containerID
      if (isOther && restartCount <= (was?.restarts ?? 0))
        this.say(`${subject}: another container, not counted`)
      if (was && !isOther && was.containerID && restartCount > was.restarts)
        this.say(`${subject}: counted twice`)
      const [began, ended] = [state?.running?.startedAt, lastState?.terminated?.finishedAt]
      if (began && ended && began < ended) this.say(`${subject}: runs since before its last end`)
      this.counts.set(key, { restarts: restartCount, containerID: containerID ?? was?.containerID })
    }
    if (type !== 'DELETED') return
    for (const { name } of [...containersOf(pod), ...initContainersOf(pod)])
      this.counts.delete(`${uidOf(pod)} ${name}`)
  }

  private checkReadiness({ type, object }: Change): void {
    const pod = object as PodObject
    const { clock } = this.world
    const mayBeReady = type !== 'DELETED' && isReady(pod) && !isTerminating(pod) && !isTerminal(pod)
    const since = this.unready.get(uidOf(pod))
    if (mayBeReady) return void this.unready.set(uidOf(pod), undefined)
    if (since !== undefined) return
    const sinceMs = clock.now()
    this.unready.set(uidOf(pod), sinceMs)
    clock.after(lagMs, () => {
      if (this.unready.get(uidOf(pod)) !== sinceMs) return
      for (const slice of this.world.store.list('EndpointSlice', namespace)) this.checkSlice(slice)
    })
  }

  /** An endpoint is not ready for longer than it takes to follow its pod. */
  private checkSlice({ metadata, endpoints }: EndpointSliceObject): void {
    const { store, clock } = this.world
    const service = store.get('Service', metadata?.labels?.['kubernetes.io/service-name'] ?? '', namespace)
    if (isAlwaysReady(service)) return
    for (const { conditions, targetRef } of endpoints ?? []) {
      const sinceMs = this.unready.get(targetRef?.uid ?? '')
      if (!conditions?.ready || sinceMs === undefined || clock.now() - sinceMs < lagMs) continue
      this.say(`${targetRef?.name} is a ready endpoint, and was not ready since ${Math.round(sinceMs)}`)
    }
  }

  /** A pod that keeps others like it away from its node has none beside it. */
  private checkPlace({ object, before }: Change): void {
    const pod = object as PodObject
    const node = pod.spec?.nodeName
    if (!node || (before as PodObject | undefined)?.spec?.nodeName || !pod.spec?.affinity) return
    const others = this.world.store.list('Pod', namespace).filter((other) => other.spec?.nodeName === node)
    const beside = others.find((other) => uidOf(other) !== uidOf(pod) && !isTerminal(other))
    if (beside) this.say(`${pod.metadata?.name} came to ${node}, where ${beside.metadata?.name} is`)
  }

  /** With `Recreate`, no pod of the new template comes before the last of the old ones has gone. */
  private checkRecreate({ type, object }: Change): void {
    const { store } = this.world
    const deployment = store.get('Deployment', 'web', namespace)
    if (type !== 'ADDED' || deployment?.spec?.strategy?.type !== 'Recreate' || deployment.spec.paused) return
    const owner = controllerOf(object)
    const set = owner && store.get('ReplicaSet', owner.name, namespace)
    if (!set || !isOfTemplate(set, deployment.spec.template)) return
    const old = store
      .list('Pod', namespace)
      .filter((pod) => controllerOf(pod)?.uid !== owner.uid && !isTerminal(pod))
    if (old.length > 0) this.say(`${object.metadata?.name} came while ${old[0]?.metadata?.name} was there`)
  }

  /** No ReplicaSet grows where there are as many pods asked for as a rolling update may have. */
  private checkSurge({ type, object, before }: Change): void {
    const { store } = this.world
    const [set, old] = [object as ObjectOf<'ReplicaSet'>, before as ObjectOf<'ReplicaSet'> | undefined]
    const deployment = store.get('Deployment', 'web', namespace)
    if (type === 'DELETED' || !deployment || replicasOf(set) <= replicasOf(old)) return
    const total = totalOf(store.list('ReplicaSet', namespace))
    const { most } = limitsOf(deployment)
    if (total > most)
      this.say(`${set.metadata?.name} grew to ${replicasOf(set)}: ${total} pods of ${most} at most`)
  }
}

export function isAlwaysReady(service: ServiceObject | undefined): boolean {
  return service?.spec?.publishNotReadyAddresses === true
}

function generationsOf(object: KubeObject): { generation: number; observed: number } {
  const { status, metadata } = object as KubeObject & { status?: { observedGeneration?: number } }
  return { generation: metadata?.generation ?? 0, observed: status?.observedGeneration ?? 0 }
}
