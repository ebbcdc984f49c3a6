import { type Duration, formatMs } from '../model/duration.ts'
import { predict } from '../predict/predict.ts'
import type { Pod } from '../workload/workload.ts'
import { respond } from './claim.ts'
import type { Judge } from './judgement.ts'
import { podSpecOf, situationOf } from './situation.ts'

export interface ToOutliveOptions {
  /** The container that must go on: a sidecar. */
  container: string
  /** The one that it must go on for. */
  of: string
  /** Up to so long after the fault until both have ended; the grace period, and what Kubernetes adds to it, unless given. */
  within?: Duration
}

/**
 * Of a pod that is told to stop, a sidecar ends no sooner than the app that it serves.
 *
 * kubernetes: sidecars are stopped once all the ordinary containers have ended, in the reverse order of their start
 * (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers, kubelet/kuberuntime/kuberuntime_termination_order.go).
 */
export function toOutlive(pod: Pod, options: ToOutliveOptions, statement: string): Promise<void> {
  const [sidecar, app] = [pod.container(options.container), pod.container(options.of)]
  return respond({
    stage: pod.stage,
    podUid: pod.uid,
    statement,
    subject: `${pod.subject}/${sidecar}`,
    promise: `to outlive ${app}`,
    judge: judgeOutlives(pod.uid, sidecar, app, pod.stage.cluster.capabilities.has('node.exec')),
    rests: ['Pod'],
    predict: (fault) => predict.exits(situationOf(pod.stage, podSpecOf(pod), fault, app)),
    within: options.within,
  })
}

/**
 * @param byRuntime the ends are those that the node's runtime tells: one event of the watch may have both.
 */
export function judgeOutlives(uid: string, sidecar: string, app: string, byRuntime: boolean): Judge {
  const kind = byRuntime ? 'container-exited' : 'container-terminated'
  return (timeline, sinceMs) => {
    const endOf = (container: string) =>
      timeline.of(kind, uid).find(({ fromMs, detail }) => detail.container === container && fromMs >= sinceMs)
    const [itsEnd, appsEnd] = [endOf(sidecar), endOf(app)]
    if (!itsEnd || !appsEnd) {
      const one = itsEnd ? `it had ended, and ${app} had not` : `${app} had ended, and it had not`
      return { is: 'open', lastSeen: itsEnd || appsEnd ? one : 'both were still running' }
    }
    const laterMs = itsEnd.fromMs - appsEnd.fromMs
    const told = `${formatMs(Math.abs(laterMs))}`
    if (laterMs > 0) return { is: 'held', atMs: itsEnd.fromMs, detail: `ended ${told} after ${app} had` }
    if (laterMs < 0)
      return { is: 'broken', atMs: itsEnd.fromMs, detail: `it ended ${told} before ${app} did` }
    return { is: 'unjudgeable', detail: `it and ${app} were told of at once: which ended first is not known` }
  }
}
