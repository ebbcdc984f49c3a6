import type { Duration } from '../model/duration.ts'
import type { WorkloadShape } from '../model/observation.ts'
import { predict } from '../predict/predict.ts'
import { servicesOf, whyNotReady } from '../timeline/steady.ts'
import type { Pod } from '../workload/workload.ts'
import { respond } from './claim.ts'
import { goneAt } from './containers.ts'
import type { Judge } from './judgement.ts'
import { podSpecOf, situationOf } from './situation.ts'

export interface ToBecomeReadyOptions {
  within?: Duration
  notBefore?: Duration
}

/** A pod that was made after the fault is ready for the first time, and in its Services: no sooner than its probes allow. */
export function toBecomeReady(pod: Pod, options: ToBecomeReadyOptions, statement: string): Promise<void> {
  const { stage, workload } = pod
  return respond({
    ...{ stage, statement, podUid: pod.uid, ...options },
    subject: pod.subject,
    promise: 'to become ready and be in its Services',
    judge: judgeReady(workload.shape, pod.uid),
    rests: ['Pod', 'EndpointSlice'],
    predict: (fault) => predict.becomesReady(situationOf(stage, podSpecOf(pod), fault)),
    isBrokenEarly: true,
  })
}

export function judgeReady(shape: WorkloadShape, uid: string): Judge {
  return (timeline, sinceMs) => {
    const [pod] = timeline.of('pod', uid)
    if (!pod) return { is: 'open', lastSeen: 'it was not there' }
    const isNew = ({ fromMs }: { fromMs: number }) => fromMs >= sinceMs
    const ready = timeline.of('pod-ready', uid).find(isNew)
    const endpoints = timeline.of('endpoint-ready', uid).filter(isNew)
    const services = servicesOf(shape, pod)
    const joined = services.map((name) => endpoints.find(({ detail }) => detail.service === name))
    if (ready && joined.every((endpoint) => endpoint !== undefined)) {
      const atMs = Math.max(ready.fromMs, ...joined.map(({ fromMs }) => fromMs))
      const where = services.length > 0 ? ` and in Service ${services.join(', ')}` : ''
      return { is: 'held', atMs, detail: `was ready${where}` }
    }
    const gone = goneAt(timeline, uid, sinceMs)
    if (gone !== undefined) return { is: 'broken', atMs: gone, detail: 'the pod was deleted' }
    if (ready) return { is: 'open', lastSeen: `it was ready, and in none of Service ${services.join(', ')}` }
    return { is: 'open', lastSeen: `it ${whyNotReady(timeline, pod)}` }
  }
}
