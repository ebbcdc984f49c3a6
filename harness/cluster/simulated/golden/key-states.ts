import type { Interval, IntervalKind } from '../../../model/interval.ts'
import type { Observation } from '../../../model/observation.ts'
import { reduce } from '../../../timeline/reduce.ts'
import { Timeline } from '../../../timeline/timeline.ts'
import { ownPods } from './own-pods.ts'

/** Something that happened. */
export interface KeyState {
  /** The part that its subject plays: `the pod`, `another pod`, `set 1`. */
  who: string
  uid: string
  /** As `is ready`. */
  what: string
  /** From the recording's zero. */
  atMs: number
  /** The step of the story that it came after. */
  anchor: string
}

/** A recording's story. */
export interface Story {
  /** In their order. */
  states: KeyState[]
  /** When each step of it was, in milliseconds from the recording's zero. */
  anchors: Map<string, number>
  /** Nothing is told from here on. */
  endMs: number
}

/** What an interval tells at its begin and at its end; what is not here is told by others. */
const told: { [K in IntervalKind]?: (interval: Interval<K>) => { from?: string; to?: string } } = {
  pod: () => ({ from: 'is made', to: 'is gone' }),
  'pod-terminating': ({ detail }) => ({ from: `is told to stop within ${detail.gracePeriodSeconds} s` }),
  'pod-phase': ({ detail }) => ({ from: ['is', detail.phase, detail.reason].filter(Boolean).join(' ') }),
  'pod-ready': () => ({ from: 'is ready', to: 'is no longer ready' }),
  'container-waiting': ({ detail }) => ({ from: `waits: ${detail.reason}` }),
  'container-running': ({ detail }) => ({ from: `runs, restarted ${detail.restartCount} times` }),
  'container-terminated': ({ detail }) => ({ from: `has ended: ${detail.exitCode} ${detail.reason}` }),
  'container-signalled': ({ detail }) => ({ from: `is sent ${detail.signal}` }),
  'container-exited': ({ detail }) => ({ from: `exits ${detail.exitCode}` }),
  'endpoint-listed': () => ({ from: 'is listed', to: 'is listed no longer' }),
  'endpoint-ready': () => ({ from: 'is a ready endpoint', to: 'is no ready endpoint' }),
  'endpoint-serving': () => ({ from: 'serves', to: 'serves no longer' }),
  'endpoint-terminating': () => ({ from: 'is a terminating endpoint' }),
  event: ({ detail }) => ({ from: `has an event ${eventOf(detail)}` }),
}

/** With the probe that it is about, as in `Liveness probe failed: …`. */
function eventOf({ reason, message }: Interval<'event'>['detail']): string {
  const probe = reason === 'Unhealthy' ? /^\w+ probe/.exec(message)?.[0] : undefined
  return [reason, probe].filter(Boolean).join(': ')
}

/**
 * The story of a recording, in its order, up to its tear-down: of the pods, by the parts that they play in it, of the
 * ReplicaSets' sizes, and of the node that was hurt.
 */
export function storyOf(observations: Observation[]): Story {
  const timeline = new Timeline()
  for (const observation of observations) reduce(timeline, observation)
  const own = ownPods(observations)
  const steps = stepsOf(observations)
  const parts = partsOf(timeline, own, steps)
  const endMs = tornDownMs(timeline, parts)
  const states: KeyState[] = []
  const tell = (who: string, uid: string, what: string | undefined, atMs: number | null) => {
    if (what === undefined || atMs === null || atMs >= endMs) return
    const anchor = stepAt(steps, atMs)
    states.push({ who, uid, what, atMs, anchor: anchor?.name ?? '' })
  }
  const first = new Set<string>()
  for (const interval of timeline.all()) {
    const { kind, subject, fromMs, toMs } = interval
    const uid = interval.uid || uidOf(timeline, subject)
    const who = parts.get(uid)
    if (kind === 'replicas' && subject.startsWith('ReplicaSet/') && who) {
      const wants = `wants ${interval.detail.desired}`
      if (!first.has(`${uid} ${wants}`)) tell(who, uid, wants, fromMs)
      for (const before of [...first]) if (before.startsWith(`${uid} wants`)) first.delete(before)
      first.add(`${uid} ${wants}`)
      continue
    }
    if (kind === 'node-ready' && subject === nodeHurt(timeline)) {
      tell('the node', uid, 'is ready', fromMs > 0 ? fromMs : null)
      tell('the node', uid, 'is no longer ready', toMs)
    }
    if (kind === 'event') {
      // A probe may ask before the app listens.
      if (interval.detail.reason === 'Unhealthy' && stepAt(steps, fromMs)?.name === 'deploy') continue
      // How often it is told again is a matter of phases.
      const same = `${uid} ${eventOf(interval.detail)} ${interval.detail.fieldPath}`
      if (first.has(same)) continue
      first.add(same)
    }
    const tells = (told[kind] as ((of: Interval) => { from?: string; to?: string }) | undefined)?.(interval)
    if (!who || !tells) continue
    tell(who, uid, tells.from, fromMs)
    if (tells.to) tell(who, uid, tells.to, toMs)
  }
  return {
    states: states.sort((a, b) => a.atMs - b.atMs),
    anchors: new Map(steps.map(({ name, zeroMs }) => [name, zeroMs])),
    endMs,
  }
}

/** Some events name their pod without its UID. */
function uidOf(timeline: Timeline, pod: string): string {
  return timeline.of('pod').find(({ subject }) => subject === pod)?.uid ?? ''
}

interface Step {
  name: string
  /** What comes from here on belongs to it. */
  fromMs: number
  /** Its times are counted from here. */
  zeroMs: number
}

function stepsOf(observations: Observation[]): Step[] {
  const steps: Step[] = []
  let injectingMs = 0
  for (const seen of observations) {
    const { atMs } = seen
    if (seen.source === 'workload') steps.push({ name: 'deploy', fromMs: 0, zeroMs: atMs })
    else if (seen.source === 'step') steps.push({ name: seen.step, fromMs: atMs, zeroMs: atMs })
    else if (seen.source === 'fault') {
      if (seen.phase === 'injecting') injectingMs = atMs
      if (seen.phase === 'landed') steps.push({ name: seen.kind, fromMs: injectingMs, zeroMs: atMs })
      if (seen.phase === 'reverted')
        steps.push({ name: `${seen.kind} is reverted`, fromMs: atMs, zeroMs: atMs })
    }
  }
  return steps.sort((a, b) => a.fromMs - b.fromMs)
}

/** Who plays which part, by UID. */
function partsOf(timeline: Timeline, own: Set<string>, steps: Step[]): Map<string, string> {
  const parts = new Map<string, string>()
  const [fault] = timeline.of('fault')
  const sets = new Map<string, string>()
  for (const { uid, subject } of timeline.of('replicas')) {
    if (subject.startsWith('Deployment/')) parts.set(uid, 'the Deployment')
    else if (!sets.has(uid)) sets.set(uid, `set ${sets.size + 1}`)
  }
  for (const [uid, name] of sets) parts.set(uid, name)
  for (const { uid, detail, fromMs, subject } of timeline.of('pod')) {
    if (own.has(uid)) continue
    const isHurt =
      fault && (`${fault.subject}/`.startsWith(`${subject}/`) || fault.subject === `Node/${detail.node}`)
    if (!detail.ownerUid) parts.set(uid, `pod ${detail.name}`)
    else if (!fault) parts.set(uid, `a pod of ${sets.get(detail.ownerUid)}${madeIn(steps, fromMs)}`)
    else if (fromMs >= fault.fromMs) parts.set(uid, 'a replacement')
    else parts.set(uid, isHurt ? 'the pod' : 'another pod')
  }
  return parts
}

function stepAt(steps: Step[], atMs: number): Step | undefined {
  return steps.findLast(({ fromMs }) => fromMs <= atMs) ?? steps[0]
}

/** In which step it came, where that is not the first. */
function madeIn(steps: Step[], atMs: number): string {
  const step = stepAt(steps, atMs)
  return step && step !== steps[0] ? `, of “${step.name}”,` : ''
}

function nodeHurt(timeline: Timeline): string | undefined {
  return timeline.of('fault')[0]?.subject
}

/** Where nothing was hurt, the end of the last step; else when pods are told to stop that nobody has hurt. */
function tornDownMs(timeline: Timeline, parts: Map<string, string>): number {
  if (timeline.of('fault').length === 0) return Math.max(...timeline.of('step').map(({ toMs }) => toMs ?? 0))
  const unhurt = timeline.of('pod-terminating').filter(({ uid }) => {
    const part = parts.get(uid)
    return part === 'another pod' || part === 'a replacement'
  })
  return Math.min(...unhurt.map(({ fromMs }) => fromMs), timeline.lastMs + 1)
}
