import type { Term } from '../model/result.ts'
import { shares } from './shares.ts'
import { period } from './terms.ts'

/** So long after a refusal an eviction is asked for again, as kubectl does. */
export const evictAgainMs = 5_000

const drains = 'kubernetes/staging/src/k8s.io/kubectl/pkg/drain/drain.go: evictPods'

/** A pod that fits nowhere is tried again when a node changes, its back-off over. */
export const scheduledAgain = period(
  'the scheduler tries again, after its back-off',
  [0, 10_000],
  'kubernetes/pkg/scheduler/backend/queue/scheduling_queue.go: DefaultPodMaxBackoffDuration',
)

/**
 * From the begin of a drain to the eviction of a pod, which may be the first one or the last: so many pods go, `atOnce`
 * at a time, each after a pod that went before it has been replaced. Undefined where the budget lets none go.
 *
 * @param created from a pod's eviction to its replacement's readiness
 */
export function budgetWaits(pods: number, atOnce: number | null, created: Term[]): Term[] | undefined {
  if (atOnce === 0) return undefined
  const waits = atOnce === null ? 0 : Math.max(0, Math.ceil(pods / atOnce) - 1)
  if (waits === 0) return []
  const one = [
    ...created,
    {
      ...{ term: 'the budget counts the new pod', earliestMs: 0, ms: shares.budgetCounts },
      source: 'measured; kubernetes/pkg/controller/disruption',
    },
    period('the refused eviction is tried again', [0, evictAgainMs], drains),
  ]
  return one.map((term) => ({
    ...term,
    ...{ term: `${waits} times at most: ${term.term}`, earliestMs: 0, ms: waits * term.ms },
  }))
}
