import type { DeploymentObject } from '../../kube.ts'
import { controllerOf } from '../deletion.ts'
import { isSame, type ObjectOf } from '../store.ts'
import { WorkQueue } from '../work-queue.ts'
import type { World } from '../world.ts'
import { conditionOf } from './conditions.ts'
import {
  handedOn,
  nextRevision,
  ownerReference,
  revisionAnnotation,
  revisionOf,
  setOf,
  sizeAnnotations,
} from './deployment-sets.ts'
import {
  countedStatus,
  type DeploymentStatus,
  isComplete,
  pausedSaying,
  progressStatus,
  type Saying,
  say,
} from './deployment-status.ts'
import { keyOf, orphansOf, splitKey } from './keys.ts'
import { type Selector, selects } from './labels.ts'
import { ObjectIndex } from './object-index.ts'
import { isTerminal } from './pod-state.ts'
import {
  desiredAnnotation,
  type Limits,
  limitsOf,
  newSize,
  olderFirst,
  replicasOf,
  rescale,
  type Scaling,
  shrinkOld,
} from './rollout.ts'
import { isOfTemplate, templateHash } from './template-hash.ts'

type ReplicaSet = ObjectOf<'ReplicaSet'>
type Deployment = DeploymentObject

const component = 'deployment-controller'

/** What a Deployment has at the beginning of a sync. */
interface Sets {
  newSet: ReplicaSet | undefined
  oldSets: ReplicaSet[]
  all: ReplicaSet[]
}

/** Rolls out what each Deployment asks for. kubernetes/pkg/controller/deployment. */
export function startDeployments(world: World): void {
  new DeploymentController(world).start()
}

class DeploymentController {
  private readonly world: World
  private readonly queue: WorkQueue
  private readonly sets: ObjectIndex<'ReplicaSet'>
  private readonly pods: ObjectIndex<'Pod'>

  constructor(world: World) {
    this.world = world
    const { store, clock } = world
    const random = world.random.fork('deployment')
    this.queue = new WorkQueue({ clock, random, latencyMs: [10, 18], work: (key) => this.sync(key) })
    this.sets = new ObjectIndex(store, 'ReplicaSet', (set) => [
      controllerOf(set)?.uid ?? orphansOf(set.metadata?.namespace ?? ''),
    ])
    this.pods = new ObjectIndex(store, 'Pod', (pod) => [controllerOf(pod)?.uid ?? ''])
  }

  start(): void {
    const { store } = this.world
    for (const deployment of store.list('Deployment')) this.queue.add(keyOf(deployment))
    store.on('Deployment', ({ type, object }) => {
      if (type !== 'DELETED') this.queue.add(keyOf(object))
    })
    store.on('ReplicaSet', ({ object }) => {
      const owner = controllerOf(object)
      if (owner?.kind === 'Deployment') this.queue.add(`${object.metadata?.namespace}/${owner.name}`)
    })
    // Recreate waits for the last of the old pods.
    store.on('Pod', ({ type, object }) => {
      const set = type === 'DELETED' ? controllerOf(object) : undefined
      if (set?.kind !== 'ReplicaSet') return
      const found = store.get('ReplicaSet', set.name, object.metadata?.namespace)
      const owner = found && controllerOf(found)
      if (owner?.kind === 'Deployment') this.queue.add(`${object.metadata?.namespace}/${owner.name}`)
    })
  }

  private sync(key: string): void {
    const [namespace, name] = splitKey(key)
    const found = this.world.store.get('Deployment', name, namespace)
    if (!found) return
    const paused = pausedSaying(found)
    const deployment = paused ? this.say(found, paused) : found
    const limits = limitsOf(deployment)
    const sets = this.setsOf(deployment)
    const { newSet, oldSets, all } = sets
    if (deployment.metadata?.deletionTimestamp) return this.writeCounts(deployment, limits, sets)
    if (deployment.spec?.paused || isScaling(all, limits)) {
      if (newSet) this.updateNew(deployment, newSet, oldSets)
      const scaled = this.scale(deployment, limits, rescale(deployment, limits, newSet, oldSets))
      if (deployment.spec?.paused && !scaled) this.cleanUp(deployment, oldSets)
      const after = this.setsOf(deployment)
      return this.writeCounts(this.again(deployment), limits, after)
    }
    if (limits.isRolling) this.roll(deployment, limits, sets)
    else this.recreate(deployment, limits, sets)
  }

  private roll(deployment: Deployment, limits: Limits, { newSet: known, oldSets }: Sets): void {
    const newSet = known
      ? this.updateNew(deployment, known, oldSets)
      : this.createNew(deployment, limits, oldSets)
    const size = replicasOf(newSet)
    const to = size > limits.desired ? limits.desired : newSize(limits, [...oldSets, newSet], size)
    const scalings = to === size ? shrinkOld(limits, newSet, oldSets) : [{ set: newSet, to }]
    if (!this.scale(deployment, limits, scalings)) this.cleanUpWhenComplete(deployment, limits, oldSets)
    this.writeProgress(deployment, limits)
  }

  private recreate(deployment: Deployment, limits: Limits, { newSet, oldSets }: Sets): void {
    const large = oldSets.filter((set) => replicasOf(set) > 0)
    const oldRuns = () =>
      oldSets.some(({ metadata }) => this.pods.of(metadata?.uid ?? '').some((pod) => !isTerminal(pod)))
    if (large.length > 0) {
      this.scale(
        deployment,
        limits,
        large.map((set) => ({ set, to: 0 })),
      )
    } else if (!oldRuns()) {
      const set = newSet
        ? this.updateNew(deployment, newSet, oldSets)
        : this.createNew(deployment, limits, oldSets)
      const scaled = this.scale(deployment, limits, [{ set, to: limits.desired }])
      if (!scaled) this.cleanUpWhenComplete(deployment, limits, oldSets)
    }
    this.writeProgress(deployment, limits)
  }

  /** Its ReplicaSets, with orphans that its selector selects taken in. */
  private setsOf({ metadata, spec }: Deployment): Sets {
    const { store } = this.world
    const { uid = '', namespace = '', name = '' } = metadata ?? {}
    for (const orphan of this.sets.of(orphansOf(namespace))) {
      if (!selects(spec?.selector as Selector, orphan.metadata?.labels)) continue
      const ownerReferences = [ownerReference(name, uid)]
      store.update('ReplicaSet', { ...orphan, metadata: { ...orphan.metadata, ownerReferences } })
    }
    const all = this.sets.of(uid)
    // Of several alike, the oldest: no two should be.
    const newSet = [...all].sort(olderFirst).find((set) => isOfTemplate(set, spec?.template))
    return { newSet, oldSets: all.filter((set) => set !== newSet), all }
  }

  private createNew(deployment: Deployment, limits: Limits, oldSets: ReplicaSet[]): ReplicaSet {
    const { store } = this.world
    const { name = '', namespace = '' } = deployment.metadata ?? {}
    const { template } = deployment.spec ?? {}
    let collisions = deployment.status?.collisionCount ?? 0
    let hash = templateHash(template, collisions)
    while (store.get('ReplicaSet', `${name}-${hash}`, namespace)) hash = templateHash(template, ++collisions)
    const replicas = newSize(limits, oldSets, 0)
    const revision = nextRevision(oldSets)
    const made = store.create('ReplicaSet', setOf(deployment, limits, { hash, replicas, revision }))
    if (replicas > 0) this.tellScaling(deployment, made, 0, replicas)
    this.setRevision(deployment, revision)
    this.sayProgress(deployment, 'NewReplicaSetCreated', `Created new replica set "${made.metadata?.name}"`)
    return made
  }

  /** The newest revision is that of the template now, whether it was there before or not. */
  private updateNew(deployment: Deployment, set: ReplicaSet, oldSets: ReplicaSet[]): ReplicaSet {
    const { store } = this.world
    const old = set.metadata?.annotations?.[revisionAnnotation]
    const revision = Number(old ?? 0) < Number(nextRevision(oldSets)) ? nextRevision(oldSets) : (old ?? '1')
    const { minReadySeconds } = deployment.spec ?? {}
    const annotations = {
      ...set.metadata?.annotations,
      ...handedOn(deployment),
      [revisionAnnotation]: revision,
    }
    const { minReadySeconds: _, ...spec } = set.spec ?? { selector: {} }
    const updated = store.update('ReplicaSet', {
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: { ...spec, ...(minReadySeconds !== undefined && { minReadySeconds }) },
    })
    this.setRevision(deployment, revision)
    if (!conditionOf(deployment.status?.conditions, 'Progressing')) {
      this.sayProgress(deployment, 'FoundNewReplicaSet', `Found new replica set "${set.metadata?.name}"`)
    }
    return updated ?? set
  }

  private setRevision(deployment: Deployment, revision: string): void {
    const now = this.again(deployment)
    const annotations = { ...now.metadata?.annotations, [revisionAnnotation]: revision }
    this.world.store.update('Deployment', { ...now, metadata: { ...now.metadata, annotations } })
  }

  private sayProgress(deployment: Deployment, reason: string, message: string): void {
    if (deployment.spec?.progressDeadlineSeconds === undefined) return
    this.say(deployment, { type: 'Progressing', status: 'True', reason, message })
  }

  private say(deployment: Deployment, saying: Saying): Deployment {
    const { store } = this.world
    const now = this.again(deployment)
    const conditions = say(now.status?.conditions, saying, store.timestamp())
    return store.update('Deployment', { ...now, status: { ...now.status, conditions } }) ?? deployment
  }

  /** True where a size has changed. */
  private scale(deployment: Deployment, limits: Limits, scalings: readonly Scaling[]): boolean {
    let hasScaled = false
    for (const { set, to } of scalings) {
      const from = replicasOf(set)
      const annotations = { ...set.metadata?.annotations, ...sizeAnnotations(limits) }
      const spec = { ...(set.spec ?? { selector: {} }), replicas: to }
      this.world.store.update('ReplicaSet', { ...set, metadata: { ...set.metadata, annotations }, spec })
      if (from === to) continue
      hasScaled = true
      this.tellScaling(deployment, set, from, to)
    }
    return hasScaled
  }

  private tellScaling(deployment: Deployment, set: ReplicaSet, from: number, to: number): void {
    const way = to > from ? 'up' : 'down'
    const message = `Scaled ${way} replica set ${set.metadata?.name} from ${from} to ${to}`
    this.world.events.tell(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message, component })
  }

  private cleanUpWhenComplete(deployment: Deployment, limits: Limits, oldSets: readonly ReplicaSet[]): void {
    if (isComplete(deployment, limits, deployment.status ?? {})) this.cleanUp(deployment, oldSets)
  }

  /** Forgets the oldest ReplicaSets beyond the limit of the history. */
  private cleanUp({ spec }: Deployment, oldSets: readonly ReplicaSet[]): void {
    const limit = spec?.revisionHistoryLimit
    if (limit === undefined || oldSets.length <= limit) return
    const byRevision = [...oldSets].sort((a, b) => revisionOf(a) - revisionOf(b) || olderFirst(a, b))
    for (const { metadata, spec, status } of byRevision.slice(0, oldSets.length - limit)) {
      const isSynced = (metadata?.generation ?? 1) <= (status?.observedGeneration ?? 0)
      if (spec?.replicas !== 0 || status?.replicas !== 0 || !isSynced) continue
      this.world.store.remove('ReplicaSet', metadata?.name ?? '', metadata?.namespace)
    }
  }

  private writeCounts(deployment: Deployment, limits: Limits, { newSet, all }: Sets): void {
    const now = this.world.store.timestamp()
    this.write(deployment, countedStatus(deployment, limits, newSet, all, now))
  }

  private writeProgress(before: Deployment, limits: Limits): void {
    const { store, clock } = this.world
    const deployment = this.again(before)
    const { newSet, all } = this.setsOf(deployment)
    const status = progressStatus(deployment, limits, newSet, all, clock.epoch(), store.timestamp())
    this.write(deployment, status)
    const progressing = conditionOf(status.conditions, 'Progressing')
    const deadline = deployment.spec?.progressDeadlineSeconds
    if (deadline === undefined || progressing?.status !== 'True') return
    if (progressing.reason === 'NewReplicaSetAvailable' && isComplete(deployment, limits, status)) return
    const lateAt = Date.parse(progressing.lastUpdateTime ?? '') + (deadline + 1) * 1_000
    if (lateAt > clock.epoch()) this.queue.addAfter(keyOf(deployment), lateAt - clock.epoch())
  }

  private write(deployment: Deployment, status: DeploymentStatus): void {
    if (!isSame(deployment.status, status)) this.world.store.update('Deployment', { ...deployment, status })
  }

  /** As it is now. */
  private again(deployment: Deployment): Deployment {
    const { name = '', namespace } = deployment.metadata ?? {}
    return this.world.store.get('Deployment', name, namespace) ?? deployment
  }
}

/** Its size was changed, and its ReplicaSets do not know yet: isScalingEvent. */
function isScaling(sets: readonly ReplicaSet[], { desired }: Limits): boolean {
  return sets.some(
    (set) => replicasOf(set) > 0 && set.metadata?.annotations?.[desiredAnnotation] !== String(desired),
  )
}
