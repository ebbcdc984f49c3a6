import type { DeploymentObject } from '../../kube.ts'
import type { ObjectOf } from '../store.ts'

type ReplicaSet = ObjectOf<'ReplicaSet'>
type Deployment = DeploymentObject

export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas'
export const maxAnnotation = 'deployment.kubernetes.io/max-replicas'

/** The numbers of a rolling update. kubernetes/pkg/controller/deployment/util/deployment_util.go. */
export interface Limits {
  desired: number
  isRolling: boolean
  /** How many pods there may be. */
  most: number
  /** How many must be available. */
  leastAvailable: number
}

/** A new size for a ReplicaSet. */
export interface Scaling {
  set: ReplicaSet
  to: number
}

export function replicasOf(set: ReplicaSet | undefined): number {
  return set?.spec?.replicas ?? (set ? 1 : 0)
}

export function availableOf(set: ReplicaSet | undefined): number {
  return set?.status?.availableReplicas ?? 0
}

export function totalOf(sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number = replicasOf): number {
  return sets.reduce((sum, set) => sum + of(set), 0)
}

/** Percentages of maxSurge are rounded up, those of maxUnavailable down; where both come to 0, one may be unavailable. */
export function limitsOf({ spec }: Deployment): Limits {
  const desired = spec?.replicas ?? 1
  const isRolling = spec?.strategy?.type !== 'Recreate'
  if (!isRolling || desired === 0) return { desired, isRolling, most: desired, leastAvailable: desired }
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec?.strategy?.rollingUpdate ?? {}
  const surge = resolve(maxSurge, desired, Math.ceil)
  const unavailable = resolve(maxUnavailable, desired, Math.floor)
  const usable = surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, desired)
  return { desired, isRolling, most: desired + surge, leastAvailable: desired - usable }
}

function resolve(value: unknown, of: number, round: (x: number) => number): number {
  const text = String(value)
  return text.endsWith('%') ? round((Number(text.slice(0, -1)) * of) / 100) : Number(text)
}

/** How large the new ReplicaSet may be now: NewRSNewReplicas. */
export function newSize(limits: Limits, sets: readonly ReplicaSet[], current: number): number {
  if (!limits.isRolling) return limits.desired
  const room = limits.most - totalOf(sets)
  return room <= 0 ? current : current + Math.min(room, limits.desired - current)
}

/**
 * Which of the old ReplicaSets shrink now: those of their pods that are not available first, oldest first, and then as
 * many as leave enough available. kubernetes/pkg/controller/deployment/rolling.go: reconcileOldReplicaSets.
 */
export function shrinkOld(limits: Limits, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): Scaling[] {
  if (totalOf(oldSets) === 0) return []
  const all = [...oldSets, newSet]
  const newUnavailable = replicasOf(newSet) - availableOf(newSet)
  const most = totalOf(all) - limits.leastAvailable - newUnavailable
  if (most <= 0) return []
  // Their controller has not followed yet, and counts pods that go: the real one fails here, and tries again.
  if (oldSets.some((set) => replicasOf(set) < availableOf(set))) return []
  const sizes = new Map(oldSets.map((set) => [set, replicasOf(set)]))
  const sizeOf = (set: ReplicaSet) => sizes.get(set) ?? 0
  const byAge = [...oldSets].sort(olderFirst)
  let unhealthy = most
  for (const set of byAge) {
    const less = Math.max(0, Math.min(unhealthy, sizeOf(set) - availableOf(set)))
    sizes.set(set, sizeOf(set) - less)
    unhealthy -= less
  }
  let spare = totalOf(all, availableOf) - limits.leastAvailable
  for (const set of byAge) {
    const less = Math.max(0, Math.min(spare, sizeOf(set)))
    sizes.set(set, sizeOf(set) - less)
    spare -= less
  }
  return byAge.flatMap((set) => (sizeOf(set) === replicasOf(set) ? [] : [{ set, to: sizeOf(set) }]))
}

/**
 * The sizes after a Deployment was scaled: in proportion where several ReplicaSets have pods.
 * kubernetes/pkg/controller/deployment/sync.go: scale.
 */
export function rescale(
  { spec, status }: Deployment,
  limits: Limits,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): Scaling[] {
  const all = newSet ? [...oldSets, newSet] : [...oldSets]
  const active = all.filter((set) => replicasOf(set) > 0)
  const latest = active.length === 0 ? (newSet ?? [...oldSets].sort(olderFirst).at(-1)) : active[0]
  if (active.length <= 1) return latest ? [{ set: latest, to: limits.desired }] : []
  if (newSet && isSaturated(newSet, limits.desired)) {
    return active.filter((set) => set !== newSet).map((set) => ({ set, to: 0 }))
  }
  if (!limits.isRolling) return []
  const allowed = limits.desired > 0 ? limits.most : 0
  const toAdd = allowed - totalOf(active)
  const youngerFirst = (a: ReplicaSet, b: ReplicaSet) => olderFirst(b, a)
  const tie = toAdd > 0 ? youngerFirst : olderFirst
  const sorted = active.sort((a, b) => replicasOf(b) - replicasOf(a) || tie(a, b))
  let added = 0
  const scalings = sorted.map((set) => {
    if (toAdd === 0 || toAdd === added) return { set, to: replicasOf(set) }
    const wasMost = Number(
      set.metadata?.annotations?.[maxAnnotation] ?? status?.replicas ?? spec?.replicas ?? 1,
    )
    const grown = limits.desired === 0 ? 0 : Math.round((replicasOf(set) * limits.most) / (wasMost || 1))
    const left = toAdd - added
    const share = grown - replicasOf(set)
    const less = toAdd > 0 ? Math.min(share, left) : Math.max(share, left)
    added += less
    return { set, to: replicasOf(set) + less }
  })
  const [first] = scalings
  if (first && toAdd !== 0) first.to = Math.max(0, first.to + toAdd - added)
  return scalings
}

function isSaturated(set: ReplicaSet, desired: number): boolean {
  return (
    replicasOf(set) === desired &&
    set.metadata?.annotations?.[desiredAnnotation] === String(desired) &&
    availableOf(set) === desired
  )
}

export function olderFirst(a: ReplicaSet, b: ReplicaSet): number {
  const [made, madeB] = [a.metadata?.creationTimestamp ?? '', b.metadata?.creationTimestamp ?? '']
  if (made !== madeB) return made < madeB ? -1 : 1
  return (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1
}
