import type { FaultRecord } from '../model/fault.ts'
import type { Interval } from '../model/interval.ts'
import { predict } from '../predict/predict.ts'
import { isOpenIn } from '../timeline/steady.ts'
import type { Stage } from '../workload/stage.ts'
import type { Workload } from '../workload/workload.ts'
import { workloadSituation } from './situation.ts'

/** Consequences of damage follow it by up to so long: rules of kube-proxy, requests that time out. */
const afterDamageMs = 2_000
/** An invariant that waits too short a time holds falsely: windows are those of a calm machine. */
const damageShowsMs = 3_000
const slowTimes = 2

/**
 * Watches until the fault has shown its effect on the workload, and a little longer: an invariant that is claimed right
 * after the fault would otherwise hold because nothing had happened yet. Not longer than the effect may take.
 */
export async function untilDamaged(
  { stage, workload }: { stage: Stage; workload: Workload },
  fault: FaultRecord,
  broken: () => unknown,
): Promise<void> {
  const { recording, signal } = stage
  const situation = workloadSituation(stage, workload, fault)
  const landedMs = fault.receipt?.atMs ?? fault.injectedAtMs
  const { does } = fault.effect
  if (does === 'scale' || does === 'roll-out' || does === 'drain') {
    // It hurts to its very end: when it is through, and the last of the pods that had to go is gone.
    const latestMs = slowTimes * (predict.recovers(situation)?.latestMs ?? 0)
    const throughMs = landedMs + Math.max(latestMs, damageShowsMs)
    await recording.waitFor(() => broken() ?? isThrough(stage, workload, fault), throughMs, signal)
    const goneMs = recording.now() + predict.evicted({ pod: workload.podSpecBefore }).latestMs
    await recording.waitFor(() => broken() ?? nobodyGoes(stage, workload), goneMs, signal)
    await recording.waitFor(broken, recording.now() + afterDamageMs, signal)
    return
  }
  const leavesMs = predict.leavesEndpoints(situation)?.latestMs ?? 0
  const untilMs = landedMs + Math.max(leavesMs, damageShowsMs)
  const damagedAt = () =>
    recording.timeline
      .of('steady', workload.name)
      .find(({ fromMs, toMs }) => fromMs <= fault.injectedAtMs && toMs !== null && toMs >= fault.injectedAtMs)
      ?.toMs
  await recording.waitFor(() => broken() ?? damagedAt() ?? undefined, untilMs, signal)
  await recording.waitFor(broken, (damagedAt() ?? untilMs) + afterDamageMs, signal)
}

/** True where the workload is steady again since the change; a change is looked at when it has landed. */
function isThrough(stage: Stage, { name }: Workload, { injectedAtMs }: FaultRecord): true | undefined {
  const last = stage.recording.timeline.of('steady', name).at(-1)
  return last && last.toMs === null && last.fromMs >= injectedAtMs ? true : undefined
}

/** True where none of its pods is being stopped. */
function nobodyGoes(stage: Stage, { shape }: Workload): true | undefined {
  const { timeline } = stage.recording
  const isOwn = ({ uid }: Interval) => shape.roots.some((root) => timeline.isControlledBy(uid, root.uid))
  return isOpenIn(timeline.of('pod-terminating').filter(isOwn)) ? undefined : true
}
