import type { FaultResult, IntervalResult, ScenarioResult } from '../../model/result.ts'
import { numbered, raceMs } from '../../timeline/order.ts'

/** Something that happened to a pod that was hurt, or to the one in its place: the same name in every run. */
export interface KeyEvent {
  /** As `the pod leaves the endpoints`. */
  name: string
  /** From the receipt of the scenario's first fault; from its injection, where it took a dependency away. */
  atMs: number
}

/** How the begin and the end of an interval of a pod are called; what is not here is no key event. */
const names: Record<string, { from?: string; to?: string }> = {
  'pod-terminating': { from: 'is told to stop' },
  'pod-ready': { from: 'is ready', to: 'is no longer ready' },
  'container-running': { from: 'container runs', to: 'container ends' },
  'endpoint-ready': { from: 'is a ready endpoint', to: 'leaves the endpoints' },
  'endpoint-listed': { to: 'is no longer listed' },
  pod: { from: 'is made', to: 'is gone' },
}

/** Of a Deployment that was changed, each pod is as good as another. */
const anyPod = 'a pod'
/** How long such a pod takes to stop is its own affair: nothing of the change waits for it. */
const stopping = ['pod-ready', 'container-running', 'endpoint-listed', 'pod']
const hurtName = 'the pod'

/**
 * A pod that was told to stop and the one in its place wait for one another in nothing; nor do a node that returns, by its
 * kubelet's heartbeat, and the pods on it, by its kubelet's watch.
 *
 * kubernetes: a ReplicaSet stops counting a pod as soon as it has a deletionTimestamp (pkg/controller/controller_utils.go: FilterActivePods).
 */
export function areOrdered(one: string, other: string): boolean {
  const [stops, starts] = [/^the pod (container ends|is no longer|is gone)/, /^its replacement (?!is made)/]
  const [returns, goesOn] = [/^the node is ready/, /^the pod (is ready|container ends|is no longer|is gone)/]
  const are = (a: string, b: string) =>
    (stops.test(a) && starts.test(b)) || (returns.test(a) && goesOn.test(b))
  return !are(one, other) && !are(other, one)
}

/** What was seen at the moment of the receipt may have come before it. */
const beforeMs = 500

/**
 * The events that a scenario's promises are about, in their order: of the pod that was hurt, of the first that was made
 * in its place, and of its node; of every pod where their Deployment was changed or their node drained. What happens again is numbered: `the pod is ready (2)`. Empty where nothing was hurt.
 */
export function keyEvents(scenario: ScenarioResult): KeyEvent[] {
  const fault = firstFault(scenario)
  if (!fault?.receipt) return []
  // What is taken away is gone only at the receipt; what counts is the pod that needed it, which may know before.
  const isDependency = fault.kind === 'failDependency'
  const landedMs = isDependency ? fault.injectedAtMs : fault.receipt.atMs
  // For a startup probe the fault starts the container anew, which may be told of after its first failure.
  const risesFromMs = landedMs + (fault.target.endsWith(' startup') ? raceMs : 0)
  const isLater = (atMs: number) => atMs >= landedMs - beforeMs
  // Which of a node's pods their budget lets go first is anybody's guess.
  const isChange = (fault.target.startsWith('Deployment/') && !isDependency) || fault.kind === 'drainNode'
  const hurt = isChange ? undefined : hurtPod(scenario, fault.target, landedMs)
  const place = isChange || isDependency ? undefined : replacementOf(scenario, hurt, landedMs)
  const who = new Map([
    ...(hurt === undefined ? [] : [[hurt, hurtName] as const]),
    ...(place === undefined ? [] : [[place, 'its replacement'] as const]),
  ])
  const events: KeyEvent[] = []
  const started = new Set<string>()
  const add = (name: string, atMs: number) => events.push({ name, atMs: atMs - landedMs })
  for (const { kind, subject, fromMs, toMs, detail } of scenario.intervals) {
    const called = names[kind]
    const pod = isChange && subject.startsWith('Pod/') ? anyPod : who.get(podOf(subject))
    // What was hurt gets up after the fault only: a start before it is the fault's own.
    const isRise = pod === hurtName && kind !== 'pod-terminating'
    // How often one that fails is started again until then is a matter of moments.
    const isAgain = pod === anyPod && kind === 'container-running' && started.has(subject)
    if (kind === 'container-running') started.add(subject)
    if (pod && !isAgain && called?.from && (isRise ? fromMs > risesFromMs : isLater(fromMs)))
      add(`${pod} ${called.from}`, fromMs)
    if (pod === anyPod && stopping.includes(kind)) continue
    if (pod && called?.to && toMs !== null && isLater(toMs)) add(`${pod} ${called.to}`, toMs)
    if (kind === 'progressing' && detail.status === 'False' && isLater(fromMs)) {
      add('the roll-out stalls', fromMs)
    }
    if (kind === 'node-ready' && subject === fault.target) {
      if (isLater(fromMs)) add('the node is ready', fromMs)
      if (toMs !== null && isLater(toMs)) add('the node is no longer ready', toMs)
    }
  }
  for (const { kind, revertedAtMs } of scenario.faults) {
    if (revertedAtMs !== undefined) add(`${kind} is reverted`, revertedAtMs)
  }
  return numbered(events.sort((a, b) => a.atMs - b.atMs))
}

/** Which of several that are injected at once comes first is anybody's guess: then it is the one that is claimed about first. */
function firstFault({ faults, claims }: ScenarioResult): FaultResult | undefined {
  const [first] = faults
  const atOnce = faults.filter(({ injectedAtMs }) => injectedAtMs - (first?.injectedAtMs ?? 0) < raceMs)
  const claimed = claims.map(({ subject }) => podOf(subject))
  const meant = claimed.flatMap((pod) => atOnce.filter(({ target }) => podOf(target) === pod))
  return meant[0] ?? first
}

function namespaceOf(subject: string): string | undefined {
  return subject.split('/')[1]
}

/** `Pod/namespace/name`, of a container's subject too. */
function podOf(subject: string): string {
  return subject.split('/').slice(0, 3).join('/')
}

/** The pod meant by the fault; of a node, the one that the scenario's claims are about. */
function hurtPod(
  { claims, intervals }: ScenarioResult,
  target: string,
  landedMs: number,
): string | undefined {
  if (target.startsWith('Pod/')) return podOf(target)
  const claimed = claims.map(({ subject }) => podOf(subject)).find((subject) => subject.startsWith('Pod/'))
  const node = target.slice('Node/'.length)
  const isThere = ({ kind, fromMs, toMs, detail }: IntervalResult) =>
    kind === 'pod' &&
    detail.node === node &&
    fromMs <= landedMs &&
    (toMs === null || toMs >= landedMs - beforeMs)
  return (
    claimed ??
    intervals
      .filter(isThere)
      .map(({ subject }) => subject)
      .sort()[0]
  )
}

/** What is made meanwhile in another namespace is in no place of a pod of this one. */
function replacementOf(
  { intervals }: ScenarioResult,
  hurt: string | undefined,
  landedMs: number,
): string | undefined {
  const made = intervals.filter(
    ({ kind, subject, fromMs }) =>
      kind === 'pod' &&
      fromMs >= landedMs - beforeMs &&
      (hurt === undefined || namespaceOf(subject) === namespaceOf(hurt)),
  )
  return made.sort((a, b) => a.fromMs - b.fromMs)[0]?.subject
}
