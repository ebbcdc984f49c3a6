import type { Interval } from '../model/interval.ts'
import { untoldExitCode } from '../timeline/pods.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import { at, type Judgement } from './judgement.ts'

/** A container's end, and the incarnation that came after it, if one did. */
export interface Restart {
  ended: Interval<'container-terminated'>
  next: Interval<'container-running'> | undefined
}

/** The incarnations that faults ended on the way to their receipts, by containerID: no claim is about those. */
export function endedByFaults({ faults }: Pick<Stage, 'faults'>): string[] {
  return faults.flatMap(({ ended }) => ended ?? [])
}

/**
 * The ends of a pod's containers from `sinceMs` on, in order, but for those in `except`. A chain of containerIDs of one
 * pod: the count in its status would say the same, but not which end belongs to which start.
 */
export function endsSince(
  timeline: Timeline,
  uid: string,
  sinceMs: number,
  container?: string,
  except: string[] = [],
): Restart[] {
  const mine = ({ detail }: { detail: { container: string } }) =>
    container === undefined || detail.container === container
  const running = timeline.of('container-running', uid).filter(mine)
  return timeline
    .of('container-terminated', uid)
    .filter((ended) => ended.fromMs >= sinceMs && mine(ended) && !except.includes(ended.detail.containerID))
    .map((ended) => ({
      ended,
      next: running.find(
        ({ fromMs, detail }) =>
          detail.container === ended.detail.container &&
          detail.containerID !== ended.detail.containerID &&
          fromMs >= ended.fromMs,
      ),
    }))
}

/**
 * Whether nothing has told how it ended. A kubelet may remove a container that has ended as soon as the next is made, and
 * its status of the end may be left out where the next comes soon after.
 */
export function isUntold({ detail }: Interval<'container-terminated'>): boolean {
  return detail.exitCode === untoldExitCode
}

/** What comes of a promise of how a container ends where nothing has told. */
export function untoldEnd(ended: Interval<'container-terminated'>): Judgement {
  return { is: 'unjudgeable', detail: `it ended by ${at(ended.fromMs)} with ${exitOf(ended)}` }
}

/** `exit code 137 (Error)` */
export function exitOf(ended: Interval<'container-terminated'>): string {
  const { detail } = ended
  if (isUntold(ended)) return 'an exit code that nothing tells'
  return `exit code ${detail.exitCode} (${detail.reason || 'no reason given'})`
}

/** When a pod was told to go, or went, from `sinceMs` on; undefined where it did not. */
export function goneAt(timeline: Timeline, uid: string, sinceMs: number): number | undefined {
  const terminating = timeline.of('pod-terminating', uid)[0]?.fromMs
  const gone = timeline.of('pod', uid)[0]?.toMs ?? undefined
  const first = terminating ?? gone
  return first !== undefined && first >= sinceMs ? first : undefined
}
