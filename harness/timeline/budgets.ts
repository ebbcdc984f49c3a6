import { z } from 'zod'
import type { Interval } from '../model/interval.ts'
import { selects } from '../model/label-selector.ts'
import type { WorkloadShape } from '../model/observation.ts'
import type { Timeline } from './timeline.ts'

const budgetObject = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default(''),
    uid: z.string(),
    generation: z.number().default(1),
  }),
  spec: z.object({
    selector: z
      .object({
        matchLabels: z.record(z.string(), z.string()).optional(),
        matchExpressions: z
          .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).optional() }))
          .optional(),
      })
      .nullish(),
  }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      desiredHealthy: z.number().default(0),
      currentHealthy: z.number().default(0),
      expectedPods: z.number().default(0),
      disruptionsAllowed: z.number().default(0),
    })
    .default({
      ...{ observedGeneration: 0, desiredHealthy: 0, currentHealthy: 0, expectedPods: 0 },
      disruptionsAllowed: 0,
    }),
})

/**
 * A PodDisruptionBudget into intervals of what its status says. What was counted for an older spec is not its word.
 * https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/
 */
export function reduceBudget(timeline: Timeline, raw: unknown, deleted: boolean, atMs: number): void {
  const { metadata, spec, status } = budgetObject.parse(raw)
  const { name, namespace, uid, generation } = metadata
  const key = `budget ${uid} `
  if (deleted || status.observedGeneration < generation) return timeline.endAll(key, atMs)
  const detail = {
    ...{ name, namespace, selector: spec.selector ?? null },
    ...{ desired: status.desiredHealthy, healthy: status.currentHealthy, expected: status.expectedPods },
    allowed: status.disruptionsAllowed,
  }
  const subject = `PodDisruptionBudget/${namespace}/${name}`
  timeline.hold(`${key}status`, { kind: 'budget', subject, uid, fromMs: atMs, detail })
}

/** Whether a budget keeps a pod: an empty selector keeps every one of its namespace, and none keeps none. */
export function keeps({ detail }: Interval<'budget'>, pod: Interval<'pod'>): boolean {
  const [, namespace] = pod.subject.split('/')
  const { selector } = detail
  return detail.namespace === namespace && selector !== null && selects(selector, pod.detail.labels)
}

/** The name of the budget that keeps a pod now; undefined where none does. */
export function budgetOf(timeline: Timeline, podUid: string): string | undefined {
  const [pod] = timeline.of('pod', podUid)
  return pod && timeline.openOf('budget').find((budget) => keeps(budget, pod))?.detail.name
}

/** The UIDs of the budgets that keep pods of a workload, or did. */
export function budgetsOf(timeline: Timeline, { roots }: WorkloadShape): string[] {
  const isOwn = ({ uid }: Interval) => roots.some((root) => timeline.isControlledBy(uid, root.uid))
  const pods = timeline.of('pod').filter(isOwn)
  const keeping = timeline.of('budget').filter((budget) => pods.some((pod) => keeps(budget, pod)))
  return [...new Set(keeping.map(({ uid }) => uid))]
}
