import type { PodObject } from '../../kube.ts'
import { KubeError } from '../../kube-error.ts'
import { createPod } from '../api/admission.ts'
import { controllerOf, deletePod } from '../deletion.ts'
import type { ObjectOf } from '../store.ts'
import { WorkQueue } from '../work-queue.ts'
import type { World } from '../world.ts'
import { conditionOf, withCondition, withoutCondition } from './conditions.ts'
import { keyOf, orphansOf, splitKey } from './keys.ts'
import { hasLabels, type Selector, selects } from './labels.ts'
import { ObjectIndex } from './object-index.ts'
import { availableIn, inDeletionOrder, isActive, isReady } from './pod-state.ts'

type ReplicaSet = ObjectOf<'ReplicaSet'>

const component = 'replicaset-controller'
/** kubernetes/pkg/controller/replicaset/replica_set.go: BurstReplicas. */
const burst = 500
/** client-go/util/workqueue/default_rate_limiters.go, in milliseconds. */
const firstRetryMs = 5
const longestRetryMs = 1_000_000

/** Keeps as many pods as each ReplicaSet asks for. kubernetes/pkg/controller/replicaset/replica_set.go. */
export function startReplicaSets(world: World): void {
  const controller = new ReplicaSetController(world)
  controller.start()
}

class ReplicaSetController {
  private readonly world: World
  private readonly queue: WorkQueue
  private readonly sets: ObjectIndex<'ReplicaSet'>
  private readonly setsByOwner: ObjectIndex<'ReplicaSet'>
  private readonly pods: ObjectIndex<'Pod'>
  /** How many pods the next step may create, of those that create several. */
  private readonly batches = new Map<string, number>()
  private readonly failures = new Map<string, number>()

  constructor(world: World) {
    this.world = world
    const { store, clock } = world
    const random = world.random.fork('replicaset')
    // Sooner than a Deployment's: it sees its last scaling done before it scales on.
    this.queue = new WorkQueue({ clock, random, latencyMs: [3, 10], work: (key) => this.sync(key) })
    this.sets = new ObjectIndex(store, 'ReplicaSet', ({ metadata }) => [metadata?.namespace ?? ''])
    this.setsByOwner = new ObjectIndex(store, 'ReplicaSet', (set) => [controllerOf(set)?.uid ?? ''])
    this.pods = new ObjectIndex(store, 'Pod', (pod) => [
      controllerOf(pod)?.uid ?? orphansOf(pod.metadata?.namespace ?? ''),
    ])
  }

  start(): void {
    const { store } = this.world
    for (const set of store.list('ReplicaSet')) this.queue.add(keyOf(set))
    store.on('ReplicaSet', ({ type, object }) => {
      if (type === 'DELETED') this.forget(keyOf(object))
      else this.queue.add(keyOf(object))
    })
    store.on('Pod', ({ object, before }) => {
      const [owner, old] = [controllerOf(object), before && controllerOf(before)]
      const namespace = object.metadata?.namespace ?? ''
      if (owner?.kind === 'ReplicaSet') this.queue.add(`${namespace}/${owner.name}`)
      if (old?.kind === 'ReplicaSet' && old.uid !== owner?.uid) this.queue.add(`${namespace}/${old.name}`)
      if (owner) return
      for (const set of this.sets.of(namespace)) {
        if (selects(set.spec?.selector as Selector, object.metadata?.labels)) this.queue.add(keyOf(set))
      }
    })
  }

  private forget(key: string): void {
    this.batches.delete(key)
    this.failures.delete(key)
  }

  private sync(key: string): void {
    const [namespace, name] = splitKey(key)
    const set = this.world.store.get('ReplicaSet', name, namespace)
    if (!set) return this.forget(key)
    if (set.metadata?.deletionTimestamp) return
    const pods = this.claim(set)
    const missing = (set.spec?.replicas ?? 1) - pods.length
    let failure: { reason: string; message: string } | undefined
    if (missing > 0) {
      const batch = Math.min(missing, this.batches.get(key) ?? 1, burst)
      const message = this.create(set, batch)
      if (message !== undefined) failure = { reason: 'FailedCreate', message }
      else if (batch < missing) {
        // Twice as many each time, so that what fails for all of them is not tried for all of them.
        this.batches.set(key, batch * 2)
        return this.queue.add(key)
      }
    } else if (missing < 0) {
      this.deleteSome(set, pods, -missing)
    }
    this.batches.delete(key)
    this.writeStatus(set, pods, failure)
    if (!failure) return void this.failures.delete(key)
    const times = this.failures.get(key) ?? 0
    this.failures.set(key, times + 1)
    this.queue.addAfter(key, Math.min(longestRetryMs, firstRetryMs * 2 ** times))
  }

  /** Its pods, with orphans taken in and those let go whose labels it does not select. */
  private claim(set: ReplicaSet): PodObject[] {
    const { store } = this.world
    const selector = set.spec?.selector as Selector
    const { uid = '', namespace = '' } = set.metadata ?? {}
    const claimed: PodObject[] = []
    for (const pod of this.pods.of(uid)) {
      if (!isActive(pod)) continue
      if (selects(selector, pod.metadata?.labels)) claimed.push(pod)
      else store.update('Pod', withoutOwner(pod, uid))
    }
    for (const pod of this.pods.of(orphansOf(namespace))) {
      if (!isActive(pod) || !selects(selector, pod.metadata?.labels)) continue
      const ownerReferences = [...(pod.metadata?.ownerReferences ?? []), ownerReference(set)]
      const adopted = store.update('Pod', { ...pod, metadata: { ...pod.metadata, ownerReferences } })
      if (adopted) claimed.push(adopted)
    }
    return claimed
  }

  /** Gives what went wrong, if anything did. */
  private create(set: ReplicaSet, count: number): string | undefined {
    const { metadata, spec } = set.spec?.template ?? {}
    for (let made = 0; made < count; made++) {
      try {
        const pod = createPod(this.world, {
          metadata: {
            generateName: `${set.metadata?.name}-`,
            namespace: set.metadata?.namespace ?? '',
            ...(metadata?.labels && { labels: metadata.labels }),
            ...(metadata?.annotations && { annotations: metadata.annotations }),
            ownerReferences: [ownerReference(set)],
          },
          ...(spec && { spec }),
        })
        this.tell(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata?.name}`)
      } catch (error) {
        if (!(error instanceof KubeError)) throw error
        const message = `Error creating: ${error.message}`
        this.tell(set, 'Warning', 'FailedCreate', message)
        return error.message
      }
    }
    return undefined
  }

  private deleteSome(set: ReplicaSet, pods: PodObject[], count: number): void {
    const { store, clock } = this.world
    const related = new Map<string, number>()
    for (const pod of this.relatedPods(set)) {
      const node = pod.spec?.nodeName ?? ''
      if (isActive(pod)) related.set(node, (related.get(node) ?? 0) + 1)
    }
    const rankOf = (pod: PodObject) => related.get(pod.spec?.nodeName ?? '') ?? 0
    for (const pod of inDeletionOrder(pods, rankOf, clock.epoch()).slice(0, Math.min(count, burst))) {
      const { name = '', namespace = '', uid = '' } = pod.metadata ?? {}
      if (deletePod(store, name, namespace, { uid }))
        this.tell(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`)
    }
  }

  /** Those of all ReplicaSets with the same controller: of the Deployment. */
  private relatedPods(set: ReplicaSet): PodObject[] {
    const owner = controllerOf(set)
    const sets = owner ? this.setsByOwner.of(owner.uid) : [set]
    return sets.flatMap(({ metadata }) => this.pods.of(metadata?.uid ?? ''))
  }

  private writeStatus(
    set: ReplicaSet,
    pods: readonly PodObject[],
    failure: { reason: string; message: string } | undefined,
  ): void {
    const { store, clock } = this.world
    const minReadySeconds = set.spec?.minReadySeconds ?? 0
    const labels = set.spec?.template?.metadata?.labels ?? {}
    let [fullyLabeledReplicas, readyReplicas, availableReplicas, nextMs] = [0, 0, 0, Number.POSITIVE_INFINITY]
    for (const pod of pods) {
      if (hasLabels(pod.metadata?.labels, labels)) fullyLabeledReplicas++
      if (isReady(pod)) readyReplicas++
      const inMs = availableIn(pod, minReadySeconds, clock.epoch())
      if (inMs === 0) availableReplicas++
      else if (inMs !== undefined) nextMs = Math.min(nextMs, inMs)
    }
    const known = set.status?.conditions
    const old = conditionOf(known, 'ReplicaFailure')
    const conditions = failure
      ? old?.reason === failure.reason
        ? known
        : withCondition(known, {
            type: 'ReplicaFailure',
            status: 'True',
            ...failure,
            lastTransitionTime: store.timestamp(),
          })
      : withoutCondition(known, 'ReplicaFailure')
    store.update('ReplicaSet', {
      ...set,
      status: {
        replicas: pods.length,
        ...(fullyLabeledReplicas > 0 && { fullyLabeledReplicas }),
        ...(readyReplicas > 0 && { readyReplicas }),
        ...(availableReplicas > 0 && { availableReplicas }),
        observedGeneration: set.metadata?.generation ?? 1,
        ...(conditions && conditions.length > 0 && { conditions }),
      },
    })
    if (Number.isFinite(nextMs)) this.queue.addAfter(keyOf(set), nextMs)
  }

  private tell(set: ReplicaSet, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.world.events.tell(set, { type, reason, message, component })
  }
}

function ownerReference(set: ReplicaSet) {
  const { name = '', uid = '' } = set.metadata ?? {}
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid, controller: true, blockOwnerDeletion: true }
}

function withoutOwner(pod: PodObject, uid: string): PodObject {
  const { ownerReferences = [], ...metadata } = pod.metadata ?? {}
  const others = ownerReferences.filter((owner) => owner.uid !== uid)
  return { ...pod, metadata: { ...metadata, ...(others.length > 0 && { ownerReferences: others }) } }
}
