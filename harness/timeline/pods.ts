import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { PodDetail } from '../model/interval.ts'
import type { Timeline } from './timeline.ts'

const state = z.object({
  waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).optional(),
  running: z.object({ startedAt: z.string().nullish() }).optional(),
  terminated: z
    .object({
      containerID: z.string().default(''),
      exitCode: z.number(),
      reason: z.string().default(''),
      startedAt: z.string().nullish(),
      finishedAt: z.string().nullish(),
    })
    .optional(),
})

const containerStatus = z.object({
  name: z.string(),
  containerID: z.string().default(''),
  restartCount: z.number(),
  state: state.default({}),
  lastState: state.default({}),
})

export const podObject = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default(''),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
    deletionGracePeriodSeconds: z.number().optional(),
    ownerReferences: z
      .array(
        z.object({ kind: z.string(), name: z.string(), uid: z.string(), controller: z.boolean().optional() }),
      )
      .default([]),
  }),
  spec: z.object({ nodeName: z.string().optional() }),
  status: z
    .object({
      phase: z.string().default('Pending'),
      reason: z.string().optional(),
      podIP: z.string().optional(),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() }))
        .default([]),
      containerStatuses: z.array(containerStatus).default([]),
      initContainerStatuses: z.array(containerStatus).default([]),
    })
    .default({ phase: 'Pending', conditions: [], containerStatuses: [], initContainerStatuses: [] }),
})

type Status = z.infer<typeof containerStatus>
type Terminated = NonNullable<Status['state']['terminated']>

/** In place of an exit code, where all that is known of an incarnation's end is that another one runs. */
export const untoldExitCode = -1

/**
 * A pod's object into intervals: its existence, phase, readiness and termination, and for each container a chain of
 * incarnations by containerID.
 *
 *     ADDED     phase Pending                               pod ──────────────────────────
 *     MODIFIED  Running, c running id 1, Ready              container-running(1) ──┐
 *     MODIFIED  c terminated id 1 exit 137, not Ready                              ┘ container-terminated(1)
 *     MODIFIED  c running id 2, last terminated id 1        container-running(2) ─────────
 *
 * The third line may be missing, for the kubelet sends only its latest state: then `lastState` tells of it.
 */
export function reducePod(timeline: Timeline, raw: unknown, deleted: boolean, atMs: number): void {
  const { metadata, spec, status } = podObject.parse(raw)
  const { name, uid } = metadata
  const subject = `Pod/${metadata.namespace}/${name}`
  const key = `pod ${uid} `
  const at = { subject, uid, fromMs: atMs }

  const owner = metadata.ownerReferences.find(({ controller }) => controller)
  timeline.controlledBy(uid, owner?.uid)
  const detail = {
    name,
    labels: metadata.labels,
    ownerKind: owner?.kind ?? null,
    ownerName: owner?.name ?? null,
    ownerUid: owner?.uid ?? null,
    node: spec.nodeName ?? null,
    ip: status.podIP ?? null,
  }
  if (timeline.isOpen(`${key}exists`)) reduceBelonging(timeline, at, detail)
  timeline.hold(`${key}exists`, { ...at, kind: 'pod', detail }, true)
  if (status.podIP !== undefined) timeline.addressed(uid, status.podIP, atMs)
  const phase = { phase: status.phase, reason: status.reason ?? null }
  timeline.hold(`${key}phase`, { ...at, kind: 'pod-phase', detail: phase })
  // The kubelet's own last deletion has a grace period of 0: what counts is the one that it began with.
  if (metadata.deletionTimestamp && !timeline.isOpen(`${key}terminating`)) {
    const gracePeriodSeconds = metadata.deletionGracePeriodSeconds ?? 0
    timeline.hold(`${key}terminating`, { ...at, kind: 'pod-terminating', detail: { gracePeriodSeconds } })
  }
  // PodGC leaves Failed pods whose conditions still say ready.
  const ready =
    status.phase === 'Running' && status.conditions.some((c) => c.type === 'Ready' && c.status === 'True')
  if (ready) timeline.hold(`${key}ready`, { ...at, kind: 'pod-ready', detail: { pod: name } })
  else timeline.end(`${key}ready`, atMs)

  const disrupted = status.conditions.find((c) => c.type === 'DisruptionTarget' && c.status === 'True')
  if (disrupted) {
    const detail = { reason: disrupted.reason ?? '' }
    timeline.hold(`${key}disrupted`, { ...at, kind: 'pod-disrupted', detail })
  } else timeline.end(`${key}disrupted`, atMs)

  for (const container of [...status.initContainerStatuses, ...status.containerStatuses]) {
    reduceContainer(timeline, key, at, container)
  }
  if (deleted) timeline.endAll(key, atMs)
}

/** What a pod belongs to may change while it lives: its labels, by which it is selected, and then its controller. */
function reduceBelonging(timeline: Timeline, at: At, { labels, ownerUid }: PodDetail): void {
  const before = timeline.of('pod', at.uid).at(-1)?.detail
  if (!before) return
  const point = { ...at, toMs: at.fromMs }
  if (!isDeepStrictEqual(labels, before.labels)) {
    timeline.add({ ...point, kind: 'pod-relabelled', detail: { labels } })
  }
  if (before.ownerUid !== null && ownerUid !== before.ownerUid) {
    const { ownerKind, ownerName } = before
    timeline.add({
      ...point,
      kind: 'pod-released',
      detail: { ownerKind, ownerName, ownerUid: before.ownerUid },
    })
  }
}

interface At {
  subject: string
  uid: string
  fromMs: number
}

function reduceContainer(timeline: Timeline, podKey: string, pod: At, status: Status): void {
  const { name: container, restartCount, state, lastState } = status
  const at = { ...pod, subject: `${pod.subject}/${container}` }
  const key = `${podKey}container ${container} `
  const openRunning = () => timeline.openKeys(`${key}running `)
  const ended = (how: Terminated | undefined) => {
    // The kubelet may have lost which incarnation it was (`ContainerStatusUnknown`): then it is the one that ran before.
    const ran = openRunning().map((open) => open.slice(`${key}running `.length))
    const containerID = how?.containerID || ran.find((id) => id !== status.containerID)
    if (!how || !containerID) return
    timeline.end(`${key}running ${containerID}`, at.fromMs)
    const known = timeline.of('container-terminated', at.uid)
    if (known.some(({ detail }) => detail.containerID === containerID)) return
    const { exitCode, reason } = how
    const times = { startedAt: how.startedAt ?? null, finishedAt: how.finishedAt ?? null }
    const detail = { container, containerID, exitCode, reason, ...times }
    timeline.add({ ...at, toMs: at.fromMs, kind: 'container-terminated', detail })
  }
  ended(lastState.terminated)
  ended(state.terminated)

  const running = state.running && status.containerID ? `${key}running ${status.containerID}` : undefined
  for (const other of openRunning()) {
    if (other === running) continue
    // Another runs in its place, so it has ended, though nothing tells how.
    if (running) {
      const containerID = other.slice(`${key}running `.length)
      ended({ containerID, exitCode: untoldExitCode, reason: 'Unknown' })
    }
    timeline.end(other, at.fromMs)
  }
  if (running && !timeline.isOpen(running)) {
    const detail = { container, containerID: status.containerID, restartCount }
    timeline.hold(running, { ...at, kind: 'container-running', detail })
  }
  if (state.waiting) {
    timeline.hold(`${key}waiting`, {
      ...at,
      kind: 'container-waiting',
      detail: { container, ...state.waiting },
    })
  } else {
    timeline.end(`${key}waiting`, at.fromMs)
  }
}
