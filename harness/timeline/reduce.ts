import type { Interval } from '../model/interval.ts'
import type {
  EvictionObservation,
  ExitObservation,
  FaultObservation,
  Observation,
  SignalObservation,
  WatchObservation,
} from '../model/observation.ts'
import { reduceBudget } from './budgets.ts'
import { reduceEndpointSlice } from './endpoints.ts'
import { reduceJob } from './jobs.ts'
import { reduceEvent, reduceNode, reduceReplicated } from './objects.ts'
import { reducePod } from './pods.ts'
import { reduceService } from './services.ts'
import { mayBeSteady, steadiness } from './steady.ts'
import { Timeline } from './timeline.ts'

/** The intervals that a recording comes to. */
export function intervalsOf(observations: Iterable<Observation>): Interval[] {
  const timeline = new Timeline()
  for (const observation of observations) reduce(timeline, observation)
  return timeline.all()
}

/** Adds one observation to a timeline. Observations come in the order of their arrival. */
export function reduce(timeline: Timeline, observation: Observation): void {
  timeline.lastMs = Math.max(timeline.lastMs, observation.atMs)
  if (observation.source === 'watch') reduceWatch(timeline, observation)
  else if (observation.source === 'traffic') timeline.traffic.add(observation)
  else if (observation.source === 'route') timeline.traffic.route(observation)
  else if (observation.source === 'signal') reduceSignal(timeline, observation)
  else if (observation.source === 'exit') reduceExit(timeline, observation)
  else if (observation.source === 'eviction') reduceEviction(timeline, observation)
  else if (observation.source === 'log') timeline.logged(observation)
  else if (observation.source === 'noise') timeline.noise.push(observation)
  else if (observation.source === 'fault') reduceFault(timeline, observation)
  else if (observation.source === 'workload') timeline.workloads.push(observation.workload)
  else if (observation.source === 'probe') {
    const { subject, podUid: uid, atMs, fault, probe, answered } = observation
    timeline.add({
      kind: 'probe-failed',
      subject,
      uid,
      fromMs: atMs,
      toMs: atMs,
      detail: { fault, probe, answered },
    })
  } else if (observation.source === 'gap') {
    const { fromMs, atMs, watch, reason, unchanged } = observation
    const detail = { watch, reason, ...(unchanged && { unchanged }) }
    timeline.add({ kind: 'gap', subject: watch, uid: watch, fromMs, toMs: atMs, detail })
  } else if (observation.source === 'step') {
    const { atMs, untilMs, step } = observation
    timeline.add({ kind: 'step', subject: step, uid: '', fromMs: atMs, toMs: untilMs, detail: { step } })
  }
  if (bearsOnSteadiness(observation)) reduceSteadiness(timeline, observation.atMs)
}

function bearsOnSteadiness(observation: Observation): boolean {
  if (observation.source !== 'watch') return observation.source === 'workload'
  return !['Node', 'Event', 'PodDisruptionBudget', 'Service'].includes(observation.kind)
}

/** Steady as long as nothing is missing and the same containers run; a restart begins another interval. */
function reduceSteadiness(timeline: Timeline, fromMs: number): void {
  for (const workload of timeline.workloads) {
    const { name } = workload
    const key = `steady ${name}`
    const now = mayBeSteady(timeline, workload) ? steadiness(timeline, workload) : undefined
    if (!now?.steady) timeline.end(key, fromMs)
    else {
      const detail = { identity: now.identity }
      timeline.hold(key, { kind: 'steady', subject: `Workload/${name}`, uid: name, fromMs, detail })
    }
  }
}

function reduceWatch(timeline: Timeline, { kind, type, object, atMs, alias }: WatchObservation): void {
  const deleted = type === 'DELETED'
  if (kind === 'Pod') reducePod(timeline, object, deleted, atMs)
  else if (kind === 'EndpointSlice') reduceEndpointSlice(timeline, object, deleted, atMs, alias)
  else if (kind === 'PodDisruptionBudget') reduceBudget(timeline, object, deleted, atMs)
  else if (kind === 'Node') reduceNode(timeline, object, deleted, atMs)
  // What was there before the watch began happened before it: an old event is not news.
  else if (kind === 'Event') reduceEvent(timeline, object, deleted || type === 'LISTED', atMs)
  else if (kind === 'Service') reduceService(timeline, object, deleted, atMs, alias)
  else if (kind === 'Job') reduceJob(timeline, object, deleted, atMs)
  else reduceReplicated(timeline, kind, object, deleted, atMs)
}

function reduceSignal(timeline: Timeline, seen: SignalObservation): void {
  const { atMs, podUid: uid, subject, container, containerID, signal } = seen
  const detail = { container, containerID, signal }
  timeline.add({ kind: 'container-signalled', subject, uid, fromMs: atMs, toMs: atMs, detail })
}

function reduceExit(timeline: Timeline, seen: ExitObservation): void {
  const { atMs, podUid: uid, subject, container, containerID, exitCode } = seen
  const detail = { container, containerID, exitCode }
  timeline.add({ kind: 'container-exited', subject, uid, fromMs: atMs, toMs: atMs, detail })
}

function reduceEviction(timeline: Timeline, seen: EvictionObservation): void {
  const { atMs, podUid: uid, subject, refused, budget = null, why = null } = seen
  timeline.add({
    ...{ kind: 'eviction', subject, uid, fromMs: atMs, toMs: atMs },
    detail: { refused, budget, why },
  })
}

function reduceFault(timeline: Timeline, seen: FaultObservation): void {
  const { fault, kind, target, phase, atMs } = seen
  const key = `fault ${fault}`
  if (phase === 'reverted') return timeline.end(key, atMs)
  const landed = phase === 'landed'
  const detail = { fault, kind, target, landedMs: landed ? atMs : null, evidence: seen.evidence ?? null }
  timeline.hold(key, { kind: 'fault', subject: target, uid: String(fault), fromMs: atMs, detail }, landed)
  if (landed && !seen.lasting) timeline.end(key, atMs)
}
