import type { Duration } from '../model/duration.ts'
import { predict } from '../predict/predict.ts'
import type { Stage } from '../workload/stage.ts'
import type { Pod } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { endedByFaults, endsSince, exitOf, isUntold, untoldEnd } from './containers.ts'
import type { Judge, Judgement } from './judgement.ts'
import { podSpecOf, situationOf } from './situation.ts'
import { killingProbes, slowProbe } from './slow-probe.ts'
import { excused } from './too-slow.ts'

export interface ToExitOptions {
  code: number
  /** Which container; needed where the pod has several. */
  container?: string
  /** Up to so long after the fault; the grace period, and what Kubernetes adds to it, unless given. */
  within?: Duration
}

/** A container ends with this exit code. A forced deletion never tells one. */
export function toExit(pod: Pod, options: ToExitOptions, statement: string): Promise<void> {
  const container = pod.container(options.container)
  return respond({
    stage: pod.stage,
    podUid: pod.uid,
    statement,
    subject: `${pod.subject}/${container}`,
    promise: `to exit with code ${options.code}`,
    judge: judgeExited(pod.stage, pod.uid, container, options.code),
    rests: ['Pod'],
    predict: (fault) => predict.exits(situationOf(pod.stage, podSpecOf(pod), fault, container)),
    within: options.within,
    // Until then its kubelet was told of nothing.
    afterRevert: ({ effect }) => effect.does === 'lose-node' && effect.how === 'partitioned',
  })
}

export function judgeExited(
  stage: Pick<Stage, 'faults'>,
  uid: string,
  container: string,
  code: number,
): Judge {
  const slow = slowProbe(stage, killingProbes)
  return (timeline, sinceMs): Judgement => {
    const [first] = endsSince(timeline, uid, sinceMs, container, endedByFaults(stage))
    if (first) {
      const { ended } = first
      if (isUntold(ended)) return untoldEnd(ended)
      const how = `exited with ${exitOf(ended)}`
      if (ended.detail.exitCode === code) return { is: 'held', atMs: ended.fromMs, detail: how }
      const excuse = slow(timeline, uid, sinceMs, ended.fromMs)
      return excuse ? excused(`it ${how}`, excuse) : { is: 'broken', atMs: ended.fromMs, detail: `it ${how}` }
    }
    const goneMs = timeline.of('pod', uid)[0]?.toMs
    if (typeof goneMs === 'number' && goneMs >= sinceMs)
      return { is: 'broken', atMs: goneMs, detail: 'its pod went without an exit code' }
    return { is: 'open', lastSeen: 'it was still running' }
  }
}
