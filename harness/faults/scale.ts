import type { DeploymentObject } from '../cluster/kube.ts'
import { UsageError } from '../model/errors.ts'
import { livePods } from '../timeline/steady.ts'
import type { Workload } from '../workload/workload.ts'
import { deploymentOf } from './deployment.ts'
import type { Fault } from './fault.ts'

export interface ScaleOptions {
  /** How many replicas it is to have. */
  to: number
}

/**
 * Gives a workload's Deployment another number of replicas, as `kubectl scale` does. The revert gives it back the number
 * that it had, and waits for nothing.
 *
 * @throws UsageError where the workload is not one Deployment, or, when it is injected, has so many already.
 */
export function scale(app: Workload, { to }: ScaleOptions): Fault {
  if (!Number.isInteger(to) || to < 0) {
    throw new UsageError(`scale: to is ${JSON.stringify(to)}; a whole number from 0 on is expected`)
  }
  const { ref, uid } = deploymentOf(app, 'scale')
  const { timeline } = app.stage.recording
  const [root] = app.shape.roots
  const from = timeline.of('replicas', uid).at(-1)?.detail.desired ?? root?.replicas ?? 1
  // Which of them go is the ReplicaSet's choice.
  const live = () => livePods(timeline, app.shape.roots).map((pod) => pod.uid)
  const podUids = to < from ? live() : []
  return {
    ...{ kind: 'scale', target: app.subject, requires: [], receiptWithinMs: 10_000, lasting: true },
    effect: { does: 'scale', deployment: uid, from, to, podUids },
    hurts: () => (to < live().length ? live() : []),
    async inject({ cluster, recording }) {
      if (from === to)
        throw new UsageError(`${app.subject}: has ${to} replicas already, so nothing would be scaled`)
      const sinceMs = recording.now()
      const give = async (replicas: number) => {
        await cluster.kube.patch<DeploymentObject>(ref, { spec: { replicas } })
      }
      await give(to)
      return {
        receipt(timeline) {
          const seen = timeline
            .of('replicas', uid)
            .find(({ fromMs, detail }) => fromMs >= sinceMs && detail.desired === to)
          const evidence = `its spec.replicas is ${to}, and was ${from}`
          return seen && { atMs: seen.fromMs, observedBy: 'watch of Deployments', evidence }
        },
        revert: () => give(from),
      }
    },
  }
}
