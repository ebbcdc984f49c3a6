import { UsageError } from '../model/errors.ts'
import type { Receipt } from '../model/result.ts'
import { isOpenIn, livePods } from '../timeline/steady.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Workload } from '../workload/workload.ts'
import { deploymentOf } from './deployment.ts'
import type { Fault } from './fault.ts'

/**
 * Takes away what a workload depends on, as its database: that one's Deployment is scaled to no pods at all. The revert
 * gives it back as many as it had, and waits for nothing.
 *
 * @throws UsageError where the dependency is not another workload, of one Deployment, or has no pods.
 */
export function failDependency(app: Workload, dependency: Workload): Fault {
  const { ref, uid } = deploymentOf(dependency, 'failDependency')
  if (app === dependency)
    throw new UsageError(`${app.subject}: failDependency takes another workload away from it`)
  const { timeline } = app.stage.recording
  const had = timeline.of('replicas', uid).at(-1)?.detail.desired ?? dependency.shape.roots[0]?.replicas ?? 1
  const podsOf = ({ shape }: Workload) => livePods(timeline, shape.roots).map((pod) => pod.uid)
  const podUids = podsOf(app)
  const names = dependency.shape.services.map(({ name }) => name)
  return {
    ...{ kind: 'failDependency', target: dependency.subject, requires: [], lasting: true },
    // Its pods have their whole grace period.
    receiptWithinMs: 60_000,
    effect: { does: 'lose-dependency', deployment: uid, readyTookMs: readyTook(timeline, uid), podUids },
    hurts: () => [...podsOf(dependency), ...podsOf(app)],
    async inject({ cluster }) {
      if (had === 0) throw new UsageError(`${dependency.subject}: has no pods that could be taken away`)
      const give = async (replicas: number) => {
        await cluster.kube.patch(ref, { spec: { replicas } })
      }
      await give(0)
      return { receipt: (seen) => seenAway(seen, uid, names), revert: () => give(had) }
    },
  }
}

/** No pod of it exists any more, and no Service of it lists one. */
function seenAway(timeline: Timeline, uid: string, services: string[]): Receipt | undefined {
  const pods = timeline.of('pod').filter((pod) => timeline.isControlledBy(pod.uid, uid))
  const listed = timeline.of('endpoint-listed').filter(({ detail }) => services.includes(detail.service))
  const all = [...pods, ...listed]
  if (isOpenIn(all)) return undefined
  const atMs = Math.max(...all.map(({ toMs }) => toMs ?? 0))
  const endpoints = services.length > 0 ? `, and Service ${services.join(', ')} lists no endpoint` : ''
  return { atMs, observedBy: 'watch of pods', evidence: `the last of its pods is gone${endpoints}` }
}

/** The longest that one of a Deployment's pods took to become ready. */
function readyTook(timeline: Timeline, uid: string): number {
  const pods = timeline.of('pod').filter((pod) => timeline.isControlledBy(pod.uid, uid))
  const took = pods.flatMap((pod) => {
    const [ready] = timeline.of('pod-ready', pod.uid)
    return ready ? [ready.fromMs - pod.fromMs] : []
  })
  return Math.round(Math.max(0, ...took))
}
