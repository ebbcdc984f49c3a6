import { z } from 'zod'
import type { Timeline } from './timeline.ts'

const jobObject = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default(''),
    uid: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
    creationTimestamp: z.string().default(''),
    ownerReferences: z
      .array(z.object({ kind: z.string().default(''), uid: z.string(), controller: z.boolean().optional() }))
      .default([]),
  }),
  status: z
    .object({
      active: z.number().default(0),
      succeeded: z.number().default(0),
      failed: z.number().default(0),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: z.string().default('') }))
        .default([]),
    })
    .default({ active: 0, succeeded: 0, failed: 0, conditions: [] }),
})

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#batch-kubernetes-io-cronjob-scheduled-timestamp */
const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

/**
 * A Job into intervals of its counts of pods, and of its end: from its condition Complete or Failed on.
 *
 *     ADDED     active 1                      job { active: 1, ... } ──┐
 *     MODIFIED  active 1, failed 1                                     ┘ job { active: 1, failed: 1 } ──
 *     MODIFIED  succeeded 1, Complete         job-ended { how: Complete } ──
 *
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions
 */
export function reduceJob(timeline: Timeline, raw: unknown, deleted: boolean, atMs: number): void {
  const { metadata, status } = jobObject.parse(raw)
  const { name, namespace, uid, ownerReferences } = metadata
  const owner = ownerReferences.find(({ controller }) => controller)
  timeline.controlledBy(uid, owner?.uid)
  const key = `job ${uid} `
  const at = { subject: `Job/${namespace}/${name}`, uid, fromMs: atMs }
  const { active, succeeded, failed, conditions } = status
  timeline.hold(`${key}counts`, { ...at, kind: 'job', detail: { active, succeeded, failed } })
  const scheduledAt = metadata.annotations[scheduledAnnotation]
  if (owner?.kind === 'CronJob' && scheduledAt !== undefined) {
    const detail = { cronJob: owner.uid, scheduledAt, createdAt: metadata.creationTimestamp }
    timeline.hold(`${key}scheduled`, { ...at, kind: 'job-scheduled', detail })
  }
  for (const how of ['Complete', 'Failed'] as const) {
    const condition = conditions.find(({ type, status }) => type === how && status === 'True')
    if (!condition) continue
    const { reason } = condition
    timeline.hold(`${key}ended`, { ...at, kind: 'job-ended', detail: { how, reason } })
  }
  if (deleted) timeline.endAll(key, atMs)
}
