import type { Capability, Cluster } from '../cluster/cluster.ts'
import type { PodObject } from '../cluster/kube.ts'
import { formatMs } from '../model/duration.ts'
import { EnvironmentError, NoReceiptError, NotCapableError, UsageError } from '../model/errors.ts'
import { type FaultEffect, type FaultRecord, hurtPods, leftOut, stopsApiServer } from '../model/fault.ts'
import type { Receipt } from '../model/result.ts'
import type { Recording } from '../timeline/recording.ts'
import { isOpenIn } from '../timeline/steady.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import { allWithinLimits, asHurt, type HurtPod, withinLimits } from './limits.ts'

/** What has been done, how it is proved, and how it is undone. */
export interface Act {
  /** The proof, once the timeline has it. */
  receipt(timeline: Timeline): Receipt | undefined
  /** Undoes what Kubernetes does not heal by itself. Called at most once. */
  revert?(): Promise<void>
  /** What it does, where that is only known once it is done. */
  effect?: FaultEffect
  /** The incarnation that it ended itself on the way to its receipt, by containerID. */
  ended?: string
}

/** A fault that can be injected, as `deletePod(pod)` describes it. Nothing has happened yet. */
export interface Fault {
  /** The name of the function that made it. */
  readonly kind: string
  readonly target: string
  readonly effect: FaultEffect
  readonly requires: readonly Capability[]
  /** It hurts more than the scenario's own namespace, so that no other scenario may run meanwhile. */
  readonly exclusive?: boolean
  /** How long the receipt may take, in milliseconds. */
  readonly receiptWithinMs: number
  /** Whether it lasts until it is reverted. */
  readonly lasting: boolean
  /** The UIDs of the pods that it hurts, as of now; those of its effect, or of its node, unless given. */
  hurts?(): string[]
  /** `alsoHurts` is told of pods before they are hurt that were not known to be right before. */
  inject(stage: Stage, number: number, alsoHurts?: (pods: PodObject[]) => Promise<void>): Promise<Act>
}

/** Writes down that a fault did not stay in place: every claim that rests on it has a gap from here on. */
export function noLongerInPlace(recording: Recording, reason: string): void {
  const atMs = recording.now()
  recording.record({ source: 'gap', atMs, fromMs: atMs, watch: 'probe', reason })
}

/** A fault that has landed. */
export interface InjectedFault {
  readonly record: FaultRecord
  /** Undoes it and waits until that is seen. Reverting again does nothing; the end of a scenario reverts what is open. */
  revert(): Promise<void>
}

/**
 * Injects a fault and waits for its receipt. `register` is told of it as soon as there is something to undo. In a control run nothing is done, and the moment counts as the receipt.
 *
 * @throws NotCapableError where the cluster cannot do it; NoReceiptError where nothing proved that it landed, after
 *   undoing it.
 */
export async function injectFault(
  stage: Stage,
  fault: Fault,
  register: (injected: InjectedFault) => void = () => undefined,
): Promise<InjectedFault> {
  const { recording, cluster } = stage
  const { kind, target, effect, lasting } = fault
  const lacking = fault.requires.find((capability) => !cluster.capabilities.has(capability))
  if (lacking) throw new NotCapableError(`${kind}: ${lacksCapability(cluster, lacking)}`)

  if (fault.exclusive && !stage.exclusive) {
    throw new UsageError(`${kind}: hurts the pods of other scenarios too`, {
      remedy: 'Name the file *.exclusive.scenario.ts: such scenarios run one at a time.',
    })
  }

  const hurt: string[] = []
  const mayHurt = async (pods: HurtPod[]) => {
    const more = pods.flatMap(({ uid }) => (hurt.includes(uid) ? [] : [uid]))
    if (stage.control || more.length === 0) return
    await stage.hurtCount?.take(`${target}: ${kind}`, more, stage.signal)
    hurt.push(...more)
  }
  const { limits } = stage
  const isLimited = limits !== undefined && !isBlind(stage)
  if (isLimited) await mayHurt(await withinLimits(stage, fault, limits))

  const number = stage.faults.length
  const say = (phase: 'injecting' | 'landed' | 'reverted', atMs: number, evidence?: string) =>
    recording.record({
      source: 'fault',
      atMs,
      fault: number,
      phase,
      kind,
      target,
      lasting,
      ...(evidence && { evidence }),
    })
  const injectedAtMs = recording.now()
  const record: FaultRecord = {
    number,
    kind,
    target,
    effect,
    injectedAtMs,
    receipt: null,
    revertedAtMs: undefined,
  }
  stage.faults.push(record)
  say('injecting', injectedAtMs)

  if (stage.control) {
    record.receipt = { atMs: injectedAtMs, observedBy: 'control run', evidence: leftOut }
    say('landed', injectedAtMs, record.receipt.evidence)
    return new Injected(record, async () => {
      record.revertedAtMs = recording.now()
      say('reverted', record.revertedAtMs)
    })
  }

  refuseAnother(stage, fault)
  const strikeOut = await stage.journal.begin({ does: kind, target })
  const act = await fault.inject(stage, number, async (pods) => {
    if (isLimited) await mayHurt(await allWithinLimits(stage, fault, limits, pods.map(asHurt)))
  })
  if (act.ended !== undefined) record.ended = act.ended
  if (act.effect) record.effect = act.effect
  const injected = new Injected(record, async () => {
    // Its effect may be over as soon as the revert begins, and is once it is done.
    const beganMs = recording.now()
    await act.revert?.()
    await strikeOut()
    if (!lasting) return
    await stage.hurtCount?.give(hurt)
    record.revertedAtMs = beganMs
    say('reverted', beganMs)
  })
  register(injected)
  const untilMs = recording.now() + fault.receiptWithinMs
  try {
    const receipt = await recording.waitFor(() => act.receipt(recording.timeline), untilMs, stage.signal)
    if (!receipt) {
      throw new NoReceiptError(
        `${target}: nothing proved within ${formatMs(fault.receiptWithinMs)} that ${kind} landed, so what followed cannot be judged`,
      )
    }
    record.receipt = receipt
    say('landed', receipt.atMs, receipt.evidence)
    return injected
  } catch (error) {
    await injected.revert().catch(() => undefined)
    throw error
  }
}

/** The scenario itself has taken the API server away, from a cluster that is the run's own. */
function isBlind({ faults }: Stage): boolean {
  return faults.some(({ effect, revertedAtMs }) => stopsApiServer(effect) && revertedAtMs === undefined)
}

/** Words that follow the name of what needs it. */
export function lacksCapability(
  cluster: Pick<Cluster, 'provider' | 'rehearsal'>,
  lacking: Capability,
): string {
  const provider = cluster.rehearsal ? 'existing' : cluster.provider
  const lacks = `a cluster by ${provider} lacks the capability ${lacking}`
  return provider === 'existing' && lacking === 'probe.intercept'
    ? `${lacks}: --allow-privileged gives it, by a privileged pod on the node`
    : lacks
}

/**
 * A pod is meant by its UID: where it is gone, another of the same name is not hurt in its place.
 *
 * @throws EnvironmentError where not one of the pods meant is there any more.
 */
function refuseAnother({ recording }: Stage, { kind, target, effect }: Fault): void {
  const { timeline } = recording
  const meant = hurtPods(effect).flatMap((uid) => timeline.of('pod', uid))
  if (meant.length === 0 || isOpenIn(meant)) return
  const [gone] = meant
  const other = timeline.of('pod').find(({ subject, toMs }) => subject === gone?.subject && toMs === null)
  const instead = other ? `, and the pod of that name is another by now (UID ${other.uid})` : ''
  throw new EnvironmentError(
    `${target}: the pod meant is gone (UID ${gone?.uid})${instead}: nothing was hurt`,
    {
      remedy: `Take the pod from its workload, as app.pod() does, right before ${kind} is injected.`,
    },
  )
}

class Injected implements InjectedFault {
  readonly record: FaultRecord
  private readonly undo: () => Promise<void>
  private undone: Promise<void> | undefined

  constructor(record: FaultRecord, undo: () => Promise<void>) {
    this.record = record
    this.undo = undo
  }

  revert(): Promise<void> {
    // One that failed is tried again when it is asked for again, at the latest at the end of the scenario.
    this.undone ??= this.undo().catch((error: unknown) => {
      this.undone = undefined
      throw error
    })
    return this.undone
  }
}
