import type { DeploymentObject } from '../../kube.ts'
import type { ObjectOf } from '../store.ts'
import { conditionOf, withCondition, withoutCondition } from './conditions.ts'
import { availableOf, type Limits, replicasOf, totalOf } from './rollout.ts'

type ReplicaSet = ObjectOf<'ReplicaSet'>
export type DeploymentStatus = NonNullable<DeploymentObject['status']>
export type DeploymentCondition = NonNullable<DeploymentStatus['conditions']>[number]

/** What a condition says, without its times. */
export type Saying = Pick<DeploymentCondition, 'type' | 'status' | 'reason' | 'message'>

/**
 * The conditions with this one; nothing changes where it says the same by status and reason.
 * kubernetes/pkg/controller/deployment/util/deployment_util.go: SetDeploymentCondition.
 *
 * @param isNews it counts as progress, whether it says the same or not
 */
export function say(
  conditions: readonly DeploymentCondition[] | undefined,
  saying: Saying,
  now: string,
  isNews = false,
): DeploymentCondition[] {
  const old = conditionOf(conditions, saying.type)
  const isSameStatus = old?.status === saying.status
  if (!isNews && isSameStatus && old?.reason === saying.reason) return [...(conditions ?? [])]
  const lastTransitionTime = (isSameStatus && old?.lastTransitionTime) || now
  return withCondition(conditions, { ...saying, lastUpdateTime: now, lastTransitionTime })
}

/** The counts, and whether enough are available: kubernetes/pkg/controller/deployment/sync.go: calculateStatus. */
export function countedStatus(
  deployment: DeploymentObject,
  limits: Limits,
  newSet: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
  now: string,
): DeploymentStatus {
  const counts = {
    replicas: totalOf(sets, ({ status }) => status?.replicas ?? 0),
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: totalOf(sets, ({ status }) => status?.readyReplicas ?? 0),
    availableReplicas: totalOf(sets, availableOf),
    unavailableReplicas: Math.max(0, totalOf(sets, replicasOf) - totalOf(sets, availableOf)),
  }
  const isAvailable = counts.availableReplicas >= limits.leastAvailable
  const available: Saying = {
    type: 'Available',
    status: isAvailable ? 'True' : 'False',
    reason: isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: `Deployment ${isAvailable ? 'has' : 'does not have'} minimum availability.`,
  }
  const { collisionCount } = deployment.status ?? {}
  return {
    observedGeneration: deployment.metadata?.generation ?? 1,
    // The API leaves out what is 0.
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions: say(deployment.status?.conditions, available, now),
  }
}

/** All pods are of the newest template, and available. */
export function isComplete(
  { metadata }: DeploymentObject,
  { desired }: Limits,
  status: DeploymentStatus,
): boolean {
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (metadata?.generation ?? 1)
  )
}

/**
 * The status with the conditions Progressing and ReplicaFailure.
 * kubernetes/pkg/controller/deployment/progress.go: syncRolloutStatus.
 */
export function progressStatus(
  deployment: DeploymentObject,
  limits: Limits,
  newSet: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
  nowEpochMs: number,
  now: string,
): DeploymentStatus {
  const status = countedStatus(deployment, limits, newSet, sets, now)
  const deadlineMs = (deployment.spec?.progressDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1_000
  const old = conditionOf(deployment.status?.conditions, 'Progressing')
  const isOver =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && old?.reason === 'NewReplicaSetAvailable'
  let conditions = status.conditions
  if (!Number.isFinite(deadlineMs)) conditions = withoutCondition(conditions, 'Progressing')
  else if (!isOver) {
    const name = newSet
      ? `ReplicaSet "${newSet.metadata?.name}"`
      : `Deployment "${deployment.metadata?.name}"`
    const progressing = (ok: boolean, reason: string, what: string): Saying => ({
      type: 'Progressing',
      status: ok ? 'True' : 'False',
      ...{ reason, message: `${name} ${what}.` },
    })
    if (isComplete(deployment, limits, status)) {
      conditions = say(
        conditions,
        progressing(true, 'NewReplicaSetAvailable', 'has successfully progressed'),
        now,
      )
    } else if (hasProgressed(deployment.status ?? {}, status)) {
      conditions = say(conditions, progressing(true, 'ReplicaSetUpdated', 'is progressing'), now, true)
    } else if (isLate(old, deadlineMs, nowEpochMs)) {
      conditions = say(
        conditions,
        progressing(false, 'ProgressDeadlineExceeded', 'has timed out progressing'),
        now,
      )
    }
  }
  const failing = [newSet, ...sets].find((set) => conditionOf(set?.status?.conditions, 'ReplicaFailure'))
  const failure = conditionOf(failing?.status?.conditions, 'ReplicaFailure')
  conditions = failure
    ? say(conditions, { type: 'ReplicaFailure', status: 'True', ...told(failure) }, now)
    : withoutCondition(conditions, 'ReplicaFailure')
  return { ...status, conditions }
}

/** What is new about its being paused: kubernetes/pkg/controller/deployment/sync.go: checkPausedConditions. */
export function pausedSaying({ spec, status }: DeploymentObject): Saying | undefined {
  const { reason } = conditionOf(status?.conditions, 'Progressing') ?? {}
  if (spec?.progressDeadlineSeconds === undefined || reason === 'ProgressDeadlineExceeded') return undefined
  const isSaid = reason === 'DeploymentPaused'
  if (Boolean(spec.paused) === isSaid) return undefined
  const message = spec.paused ? 'Deployment is paused' : 'Deployment is resumed'
  return {
    type: 'Progressing',
    status: 'Unknown',
    reason: spec.paused ? 'DeploymentPaused' : 'DeploymentResumed',
    message,
  }
}

function told({ reason, message }: { reason?: string; message?: string }) {
  return { ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) }
}

function hasProgressed(old: DeploymentStatus, now: DeploymentStatus): boolean {
  const oldOnes = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas
  return (
    (now.updatedReplicas ?? 0) > (old.updatedReplicas ?? 0) ||
    oldOnes(now) < oldOnes(old) ||
    (now.readyReplicas ?? 0) > (old.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (old.availableReplicas ?? 0)
  )
}

function isLate(old: DeploymentCondition | undefined, deadlineMs: number, nowEpochMs: number): boolean {
  if (!old || old.reason === 'NewReplicaSetAvailable') return false
  if (old.reason === 'ProgressDeadlineExceeded') return true
  return Date.parse(old.lastUpdateTime ?? '') + deadlineMs < nowEpochMs
}
