import { z } from 'zod'
import type { Timeline } from './timeline.ts'

const metadata = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  uid: z.string(),
  annotations: z.record(z.string(), z.string()).default({}),
  ownerReferences: z.array(z.object({ uid: z.string(), controller: z.boolean().optional() })).default([]),
})

const nodeObject = z.object({
  metadata,
  spec: z
    .object({
      unschedulable: z.boolean().default(false),
      taints: z
        .array(z.object({ key: z.string(), value: z.string().default(''), effect: z.string() }))
        .default([]),
    })
    .default({ unschedulable: false, taints: [] }),
  status: z
    .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) })
    .default({ conditions: [] }),
})

/** https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#node-conditions */
const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure']

/**
 * A Node into intervals: its object's existence, its condition Ready, what it is short of, whether it is cordoned, and each
 * of its taints.
 */
export function reduceNode(timeline: Timeline, raw: unknown, deleted: boolean, atMs: number): void {
  const { metadata, spec, status } = nodeObject.parse(raw)
  const { name, uid } = metadata
  const key = `node ${uid} `
  const at = { subject: `Node/${name}`, uid, fromMs: atMs, detail: { name } }
  timeline.hold(`${key}exists`, { ...at, kind: 'node' })
  const ready = status.conditions.some((c) => c.type === 'Ready' && c.status === 'True')
  if (ready) timeline.hold(`${key}ready`, { ...at, kind: 'node-ready' })
  else timeline.end(`${key}ready`, atMs)
  for (const condition of pressures) {
    const isPressed = status.conditions.some((c) => c.type === condition && c.status === 'True')
    if (isPressed)
      timeline.hold(`${key}${condition}`, { ...at, kind: 'node-pressure', detail: { name, condition } })
    else timeline.end(`${key}${condition}`, atMs)
  }
  if (spec.unschedulable) timeline.hold(`${key}unschedulable`, { ...at, kind: 'node-unschedulable' })
  else timeline.end(`${key}unschedulable`, atMs)
  const taints = new Map(spec.taints.map((taint) => [`${key}taint ${taint.key} ${taint.effect}`, taint]))
  for (const open of timeline.openKeys(`${key}taint `)) if (!taints.has(open)) timeline.end(open, atMs)
  for (const [taintKey, taint] of taints) {
    timeline.hold(taintKey, { ...at, kind: 'node-tainted', detail: { name, ...taint } })
  }
  if (deleted) timeline.endAll(key, atMs)
}

const replicatedObject = z.object({
  metadata,
  spec: z.object({ replicas: z.number().default(1) }),
  status: z
    .object({
      replicas: z.number().default(0),
      updatedReplicas: z.number().optional(),
      readyReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: z.string().default('') }))
        .default([]),
    })
    .default({ replicas: 0, readyReplicas: 0, availableReplicas: 0, conditions: [] }),
})

const revisionAnnotation = 'deployment.kubernetes.io/revision'

/**
 * A Deployment or ReplicaSet into intervals of its counts; a ReplicaSet into those of its revision, and a Deployment into
 * those of its condition Progressing.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progressing-deployment
 */
export function reduceReplicated(
  timeline: Timeline,
  kind: 'Deployment' | 'ReplicaSet',
  raw: unknown,
  deleted: boolean,
  atMs: number,
): void {
  const { metadata, spec, status } = replicatedObject.parse(raw)
  const { name, namespace, uid } = metadata
  const owner = metadata.ownerReferences.find(({ controller }) => controller)
  timeline.controlledBy(uid, owner?.uid)
  const detail = {
    desired: spec.replicas,
    current: status.replicas,
    updated: status.updatedReplicas ?? status.replicas,
    ready: status.readyReplicas,
    available: status.availableReplicas,
  }
  const key = `replicated ${uid} `
  const at = { subject: `${kind}/${namespace}/${name}`, uid, fromMs: atMs }
  timeline.hold(`${key}replicas`, { ...at, kind: 'replicas', detail })
  const revision = metadata.annotations[revisionAnnotation]
  if (kind === 'ReplicaSet' && revision !== undefined) {
    const numbered = { revision: Number(revision), name }
    timeline.hold(`${key}revision`, { ...at, kind: 'revision', detail: numbered })
  }
  const progressing = status.conditions.find(({ type }) => type === 'Progressing')
  if (progressing) {
    const said = { status: progressing.status, reason: progressing.reason }
    timeline.hold(`${key}progressing`, { ...at, kind: 'progressing', detail: said })
  }
  if (deleted) timeline.endAll(key, atMs)
}

const eventObject = z.object({
  reason: z.string().nullish(),
  type: z.string().nullish(),
  message: z.string().nullish(),
  count: z.number().nullish(),
  involvedObject: z.object({
    kind: z.string().default(''),
    namespace: z.string().default(''),
    name: z.string().default(''),
    uid: z.string().default(''),
    fieldPath: z.string().optional(),
  }),
})

/** An event of Kubernetes' into a point in time; each time its count grows is another. */
export function reduceEvent(timeline: Timeline, raw: unknown, deleted: boolean, atMs: number): void {
  if (deleted) return
  const { involvedObject: of, reason, type, message, count } = eventObject.parse(raw)
  const subject = [of.kind, of.namespace, of.name].filter(Boolean).join('/')
  const detail = {
    reason: reason ?? '',
    type: type ?? '',
    message: message ?? '',
    count: count ?? 1,
    fieldPath: of.fieldPath ?? null,
  }
  timeline.add({ kind: 'event', subject, uid: of.uid, fromMs: atMs, toMs: atMs, detail })
}
