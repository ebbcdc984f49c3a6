import type { Interval } from '../model/interval.ts'
import type { WorkloadShape } from '../model/observation.ts'
import { isTerminalPhase } from '../model/pod-phase.ts'
import type { Timeline } from './timeline.ts'

/** Steady means unchanged for this long, in milliseconds: a pod that dies at once looks ready for a moment. */
export const holdSteadyMs = 1_000

/** The workload's pods that are there and not on their way out. */
export function livePods(timeline: Timeline, roots: WorkloadShape['roots']): Interval<'pod'>[] {
  return timeline
    .openOf('pod')
    .filter(
      ({ uid }) =>
        roots.some((root) => timeline.isControlledBy(uid, root.uid)) &&
        !isOpenIn(timeline.of('pod-terminating', uid)) &&
        !isTerminalPhase(phaseOf(timeline, uid)),
    )
}

/** False where the workload's own counts say already that it is not steady: for that nobody has to look at its pods. */
export function mayBeSteady(timeline: Timeline, { roots }: WorkloadShape): boolean {
  return roots.every(({ uid }) => {
    const counts = timeline.of('replicas', uid).at(-1)?.detail
    return !counts || (counts.updated === counts.desired && counts.available === counts.desired)
  })
}

/**
 * Whether the workload is steady now: as many live pods as are desired, each ready, and each a ready endpoint of
 * every Service that selects it. Gives an identity made of the running containers, or says what is missing.
 */
export function steadiness(
  timeline: Timeline,
  shape: WorkloadShape,
): { steady: true; identity: string } | { steady: false; missing: string } {
  const running: string[] = []
  for (const root of shape.roots) {
    // What it makes comes by the clock, and goes.
    if (root.kind === 'CronJob') continue
    const name = `${root.kind}/${shape.namespace}/${root.name}`
    const counts = timeline.of('replicas', root.uid).at(-1)?.detail
    const desired = counts?.desired ?? root.replicas
    const pods = livePods(timeline, [root])
    const ready = pods.filter(({ uid }) => isOpenIn(timeline.of('pod-ready', uid)))
    if (pods.length !== desired || ready.length !== desired) {
      return {
        steady: false,
        missing: `${name}: ${ready.length} of ${desired} replicas ready${explainPods(timeline, pods)}`,
      }
    }
    if (counts && (counts.updated !== desired || counts.available !== desired)) {
      const { updated, available } = counts
      return {
        steady: false,
        missing: `${name}: ${updated} of ${desired} replicas updated, ${available} available`,
      }
    }
    for (const pod of pods) {
      for (const service of servicesOf(shape, pod)) {
        const endpoints = timeline.of('endpoint-ready', pod.uid)
        if (!endpoints.some(({ toMs, detail }) => toMs === null && detail.service === service)) {
          return { steady: false, missing: `${pod.subject}: not a ready endpoint of Service ${service}` }
        }
      }
      for (const { toMs, detail } of timeline.of('container-running', pod.uid)) {
        if (toMs === null) running.push(detail.containerID)
      }
    }
  }
  return { steady: true, identity: running.sort().join(' ') }
}

/** The names of the workload's Services that select a pod by its labels. */
export function servicesOf(shape: WorkloadShape, pod: Interval<'pod'>): string[] {
  const { labels } = pod.detail
  const selects = ({ selector }: { selector: Record<string, string> }) =>
    Object.keys(selector).length > 0 &&
    Object.entries(selector).every(([key, value]) => labels[key] === value)
  return shape.services.filter(selects).map(({ name }) => name)
}

function explainPods(timeline: Timeline, pods: Interval<'pod'>[]): string {
  const waiting = pods
    .filter(({ uid }) => !isOpenIn(timeline.of('pod-ready', uid)))
    .map((pod) => `${pod.detail.name} ${whyNotReady(timeline, pod)}`)
  return waiting.length > 0 ? `; ${waiting.join('; ')}` : ''
}

/** A few words on why a pod is not ready: what its containers wait for, or what the scheduler or kubelet last said. */
export function whyNotReady(timeline: Timeline, pod: Interval<'pod'>): string {
  const waits = timeline.of('container-waiting', pod.uid).filter(({ toMs }) => toMs === null)
  const stuck = waits.find(({ detail }) => !['ContainerCreating', 'PodInitializing'].includes(detail.reason))
  if (stuck) return `waits: ${stuck.detail.reason}`
  const warning = timeline
    .of('event', pod.uid)
    .filter(({ detail }) => detail.type === 'Warning')
    .at(-1)
  if (warning) return `is not ready: ${warning.detail.reason}: ${warning.detail.message}`
  return `is not ready, phase ${phaseOf(timeline, pod.uid)}`
}

/**
 * Why an owner makes no pods, in its own last words since then, as that a quota has no room; empty where it says nothing.
 * kubernetes/pkg/controller/controller_utils.go: FailedCreatePodReason
 */
export function whyNotMade(timeline: Timeline, ownerUid: string, sinceMs: number): string {
  const refused = timeline
    .of('event', ownerUid)
    .findLast(({ fromMs, detail }) => fromMs >= sinceMs && detail.reason === 'FailedCreate')
  return refused ? ` (FailedCreate: ${refused.detail.message})` : ''
}

export function phaseOf(timeline: Timeline, podUid: string): string {
  return timeline.of('pod-phase', podUid).at(-1)?.detail.phase ?? 'unknown'
}

/** True where one of these still holds. */
export function isOpenIn(intervals: Interval[]): boolean {
  return intervals.some(({ toMs }) => toMs === null)
}
