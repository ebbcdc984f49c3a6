import { resolveTiming } from '../../model/cluster-timing.ts'
import { selects } from '../../model/label-selector.ts'
import { tolerationMs } from '../nodes.ts'
import {
  type BudgetSpec,
  type ServiceSpec,
  type Surroundings,
  sendsTo,
  type WeakSpot,
  type WorkloadSpec,
} from './spec.ts'

/** How many pods there are, and what keeps them apart from harm. */
export function replicaSpots(workload: WorkloadSpec, beside: Surroundings): WeakSpot[] {
  const { subject, kind } = workload
  if (workload.replicas === 0) return []
  return [
    ...(kind === 'Pod' ? [bare(subject)] : controlled(workload)),
    ...beside.budgets.flatMap((budget) => budgetSpots(budget, workload, beside.workloads)),
    ...borneForEver(workload),
    ...beside.services.flatMap((service) => unreadySpots(service, workload)),
  ]
}

function bare(subject: string): WeakSpot {
  return {
    subject,
    weakness: 'a Pod by itself, without a controller',
    consequence: 'Once it is deleted or evicted, or its node is lost, nothing stands in for it',
    remedy: 'Make it a Deployment',
  }
}

function controlled({ subject, kind, replicas, strategy }: WorkloadSpec): WeakSpot[] {
  const spots: WeakSpot[] = []
  // A Job's pods stand in for one another: another does the work of one that is lost.
  if (replicas === 1 && kind !== 'Job') {
    spots.push({
      subject,
      weakness: 'one replica',
      consequence: 'Whenever its pod restarts, is evicted or loses its node, there is none',
      remedy: 'Give it two replicas or more',
    })
  }
  if (kind !== 'Deployment') return spots
  const most = strategy?.rollingUpdate?.maxUnavailable
  const takenDown = most === undefined ? 0 : scaled(most, replicas, Math.floor)
  if (strategy?.type === 'Recreate' || (takenDown !== undefined && takenDown >= replicas)) {
    spots.push({
      subject,
      weakness:
        strategy?.type === 'Recreate'
          ? 'its strategy is Recreate'
          : `maxUnavailable ${most} of its strategy is all of its replicas`,
      consequence: 'Every rollout takes all of its pods down before the new ones are ready',
      remedy: 'Roll out with maxUnavailable 0 and maxSurge 1, unless two versions must never run at once',
    })
  }
  return spots
}

/** How many pods the budgets of a workload let be evicted at once; null where it has none. */
export function roomOf(
  workload: WorkloadSpec,
  budgets: BudgetSpec[],
  workloads: WorkloadSpec[],
): number | null {
  const rooms = budgets
    .filter(({ selector }) => selects(selector, workload.labels))
    .flatMap((budget) => evictableOf(budget, workloads).evictable ?? [])
  return rooms.length > 0 ? Math.max(0, Math.min(...rooms)) : null
}

function evictableOf({ selector, minAvailable, maxUnavailable }: BudgetSpec, workloads: WorkloadSpec[]) {
  const all = workloads.filter(({ labels }) => selects(selector, labels))
  const expected = all.reduce((sum, { replicas }) => sum + replicas, 0)
  const kept = minAvailable === undefined ? undefined : scaled(minAvailable, expected, Math.ceil)
  const spared = maxUnavailable === undefined ? undefined : scaled(maxUnavailable, expected, Math.ceil)
  const limit = kept === undefined ? `maxUnavailable ${maxUnavailable}` : `minAvailable ${minAvailable}`
  return { expected, limit, evictable: kept === undefined ? spared : expected - kept }
}

/** A budget that never lets a pod of this workload be evicted. It counts the pods of every workload that it selects. */
function budgetSpots(budget: BudgetSpec, workload: WorkloadSpec, workloads: WorkloadSpec[]): WeakSpot[] {
  const { subject, selector } = budget
  if (!selects(selector, workload.labels)) return []
  const { expected, limit, evictable } = evictableOf(budget, workloads)
  if (evictable === undefined || evictable > 0) return []
  return [
    {
      subject: workload.subject,
      weakness: `${limit} of ${subject}, for ${expected === 1 ? 'one replica' : `${expected} replicas`}, lets none be evicted`,
      consequence: 'A drain of a node with a pod of it never ends',
      remedy: 'Give it one replica more than the budget keeps, or set maxUnavailable to 1',
    },
  ]
}

/**
 * A number, or a percentage of so many; undefined for anything else. A budget rounds up, a rollout's maxUnavailable down:
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
 */
function scaled(value: number | string, of: number, round: (n: number) => number): number | undefined {
  if (typeof value === 'number') return value
  const [, percent] = /^(\d+)%$/.exec(value) ?? []
  return percent === undefined ? undefined : round((Number(percent) * of) / 100)
}

function borneForEver({ subject, kind, pod }: WorkloadSpec): WeakSpot[] {
  if (kind === 'Pod' || tolerationMs(pod, resolveTiming()) !== undefined) return []
  return [
    {
      subject,
      weakness: 'it tolerates an unreachable node without an end',
      consequence:
        'Its pods are never evicted from a lost node, and nothing stands in for them until it is back',
      remedy: 'Give the toleration for node.kubernetes.io/unreachable a tolerationSeconds',
    },
  ]
}

/** A headless Service lists pods that are not ready so that they find one another: that is no weakness. */
function unreadySpots(service: ServiceSpec, { subject, labels }: WorkloadSpec): WeakSpot[] {
  if (!service.publishNotReadyAddresses || service.headless || !sendsTo(service, labels)) return []
  return [
    {
      subject,
      weakness: `${service.subject} publishes addresses that are not ready`,
      consequence: 'It sends to pods that have not started, or whose readiness probe fails',
      remedy: 'Leave publishNotReadyAddresses out',
    },
  ]
}
