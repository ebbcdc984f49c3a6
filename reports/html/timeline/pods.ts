import type { IntervalResult, ScenarioResult } from '../../../harness/model/result.ts'
import { counted } from '../../numbers.ts'
import { containerOf, names, numberIn, podOf, textIn } from './detail.ts'
import { type Bar, byTime, type Group, type Lane, type Mark, type Tone } from './lanes.ts'
import { hurtAtMs } from './scale.ts'

/** What was seen of one pod. */
interface PodSeen {
  key: string
  name: string
  intervals: IntervalResult[]
}

/** A group of lanes for each pod that the fault changed or that somebody names, and one lane for all the others. */
export function podGroups(scenario: ScenarioResult): Group[] {
  const hurtMs = hurtAtMs(scenario)
  const named = [
    ...scenario.faults.map((fault) => fault.target),
    ...scenario.claims.map((claim) => claim.subject),
  ]
  const shown: PodSeen[] = []
  const unchanged: PodSeen[] = []
  for (const pod of podsOf(scenario.intervals)) {
    const told = named.some((text) => names(text, pod.key))
    if (told || changed(pod, hurtMs)) shown.push(pod)
    else unchanged.push(pod)
  }
  const groups = shown.toSorted((a, b) => begin(a) - begin(b)).map(groupOf)
  return unchanged.length === 0 ? groups : [...groups, folded(unchanged)]
}

/**
 * The intervals by pod, in the order in which the pods were first seen.
 *
 *     Pod/shop/web-1 pod, Pod/shop/web-1/app container-running, endpoint-ready { pod: 'web-1' }  =>  one pod
 */
function podsOf(intervals: readonly IntervalResult[]): PodSeen[] {
  const pods = new Map<string, PodSeen>()
  for (const interval of intervals) {
    const pod = podOf(interval)
    if (!pod) continue
    const seen = pods.get(pod.key) ?? { ...pod, intervals: [] }
    seen.intervals.push(interval)
    pods.set(pod.key, seen)
  }
  // Events outlive their pods: one alone is no pod that was there.
  return [...pods.values()].filter((pod) => pod.intervals.some((interval) => interval.kind !== 'event'))
}

/** Whether a pod came, went, ended, restarted or changed its readiness after the fault, or was not ready at all. */
function changed(pod: PodSeen, hurtMs: number | undefined): boolean {
  const ready = of(pod, 'pod-ready')
  if (!ready.some((interval) => interval.toMs === null || hurtMs === undefined || interval.toMs > hurtMs))
    return true
  return pod.intervals.some((interval) => {
    if (interval.kind === 'container-terminated' || interval.kind === 'pod-terminating') {
      return hurtMs === undefined || (interval.toMs ?? Infinity) >= hurtMs
    }
    if (interval.kind === 'eviction') return true
    if (!lasting.has(interval.kind)) return false
    const ended = interval.toMs !== null && interval.toMs >= (hurtMs ?? 0)
    return ended || (hurtMs !== undefined && interval.fromMs >= hurtMs)
  })
}

/** The kinds of which a healthy pod has one interval, from before the fault to the end. */
const lasting = new Set(['pod', 'pod-ready', 'container-running', 'endpoint-ready'])

function groupOf(pod: PodSeen): Group {
  const containers = new Set(
    pod.intervals.filter(({ kind }) => kind.startsWith('container-')).map(containerOf),
  )
  const services = new Set(pod.intervals.flatMap((interval) => serviceOf(interval) ?? []))
  return {
    sort: 'pod',
    lanes: [
      life(pod),
      ...[...containers].map((name) => container(pod, name)),
      { label: 'Ready', bars: of(pod, 'pod-ready').map((one) => bar(one, 'ready', 'Ready')), marks: [] },
      ...[...services].map((service) => endpoint(pod, service)),
    ],
  }
}

function life(pod: PodSeen): Lane {
  const node = of(pod, 'pod').flatMap((interval) => textIn(interval, 'node') ?? [])[0]
  const phases = of(pod, 'pod-phase').map((interval) => {
    const phase = textIn(interval, 'phase') ?? 'phase unknown'
    const reason = textIn(interval, 'reason')
    const where = node === undefined || phase === 'Pending' ? '' : ` on ${node}`
    return bar(
      interval,
      phaseTones[phase] ?? 'pending',
      `${phase}${reason ? ` (${reason})` : ''}${where}`,
      true,
    )
  })
  const terminating = of(pod, 'pod-terminating').map((interval) => {
    const grace = numberIn(interval, 'gracePeriodSeconds')
    return bar(
      interval,
      'terminating',
      grace === undefined ? 'Terminating' : `Terminating, grace period ${grace} s`,
    )
  })
  const existing = of(pod, 'pod').map((interval) => bar(interval, 'exists', 'Exists'))
  return {
    label: pod.name,
    bars: [...existing, ...phases.toSorted(byTime), ...terminating],
    marks: [...warnings(pod), ...refusals(pod), ...releases(pod)],
  }
}

/** Evictions that a budget did not let through. */
function refusals(pod: PodSeen): Mark[] {
  return of(pod, 'eviction')
    .filter(({ detail }) => detail.refused === true)
    .map((interval) => {
      const what = `Eviction refused: ${textIn(interval, 'why') ?? 'no reason told'}`
      return { atMs: interval.fromMs, shape: 'warning', what }
    })
}

const phaseTones: Record<string, Tone> = {
  Pending: 'pending',
  Running: 'running',
  Succeeded: 'exists',
  Failed: 'short',
}

function warnings(pod: PodSeen): Mark[] {
  return of(pod, 'event')
    .filter((interval) => textIn(interval, 'type') === 'Warning')
    .map((interval) => ({ atMs: interval.fromMs, shape: 'warning', what: eventText(interval) }))
}

function releases(pod: PodSeen): Mark[] {
  return of(pod, 'pod-released').map((interval) => {
    const owner = `${textIn(interval, 'ownerKind') ?? 'its owner'} ${textIn(interval, 'ownerName') ?? ''}`
    return { atMs: interval.fromMs, shape: 'warning', what: `${owner.trim()} has let it go` }
  })
}

/** An event of Kubernetes' in one line. */
export function eventText(interval: IntervalResult): string {
  const count = numberIn(interval, 'count') ?? 1
  const times = count > 1 ? ` (${count} times)` : ''
  return `Warning ${textIn(interval, 'reason') ?? ''}${times}: ${textIn(interval, 'message') ?? ''}`
}

function container(pod: PodSeen, name: string): Lane {
  const own = pod.intervals.filter(
    (interval) => interval.kind.startsWith('container-') && containerOf(interval) === name,
  )
  const bars = own.flatMap((interval) => {
    if (interval.kind === 'container-waiting') {
      return [bar(interval, 'waiting', `Waiting: ${textIn(interval, 'reason') ?? 'no reason given'}`)]
    }
    if (interval.kind !== 'container-running') return []
    const restarts = numberIn(interval, 'restartCount') ?? 0
    const label = restarts === 0 ? 'running' : `running, ${counted(restarts, 'restart')}`
    return [{ ...bar(interval, 'running', `Runs, ${counted(restarts, 'restart')}`), label }]
  })
  const ends = own.flatMap((interval) =>
    interval.kind === 'container-terminated' ? [termination(interval)] : [],
  )
  const probes = of(pod, 'probe-failed').filter((interval) => containerOf(interval) === name)
  const marks = [...probes.map(failedProbe), ...ends]
  return { label: name, bars: bars.toSorted(byTime), marks }
}

function failedProbe(interval: IntervalResult): Mark {
  const probe = textIn(interval, 'probe') ?? 'probe'
  return {
    atMs: interval.fromMs,
    shape: 'probe',
    what: `${probe} answered by the fault: ${textIn(interval, 'answered') ?? ''}`,
  }
}

function termination(interval: IntervalResult): Mark {
  const code = numberIn(interval, 'exitCode')
  const reason = textIn(interval, 'reason') ?? ''
  const label = `exit ${code ?? '?'}${reason === '' ? '' : ` ${reason}`}`
  return {
    atMs: interval.fromMs,
    shape: code === 0 ? 'completed' : 'killed',
    what: `Terminated, ${label}`,
    label,
  }
}

function endpoint(pod: PodSeen, service: string): Lane {
  const own = (kind: string, tone: Tone, what: string): Bar[] =>
    of(pod, kind)
      .filter((interval) => serviceOf(interval) === service)
      .map((interval) => bar(interval, tone, what))
  return {
    label: 'endpoint',
    note: service,
    bars: [
      ...own('endpoint-listed', 'exists', 'Endpoint listed'),
      ...own('endpoint-serving', 'serving', 'Endpoint serving'),
      ...own('endpoint-ready', 'ready', 'Endpoint ready'),
      ...own('endpoint-terminating', 'terminating', 'Endpoint terminating'),
    ],
    marks: [],
  }
}

function folded(pods: readonly PodSeen[]): Group {
  const fromMs = pods.reduce((latest, pod) => Math.max(latest, begin(pod)), -Infinity)
  const what = `${counted(pods.length, 'pod')} unchanged: ${pods.map((pod) => pod.name).join(', ')}`
  const all: Bar = { fromMs, toMs: null, tone: 'ready', what, label: 'ready throughout' }
  const marks = pods.flatMap((pod) =>
    warnings(pod).map((mark) => ({ ...mark, what: `${pod.name}: ${mark.what}` })),
  )
  return {
    sort: 'unchanged',
    lanes: [{ label: `${counted(pods.length, 'pod')} unchanged`, bars: [all], marks }],
  }
}

function serviceOf(interval: IntervalResult): string | undefined {
  return interval.kind.startsWith('endpoint-') ? (textIn(interval, 'service') ?? '') : undefined
}

function of(pod: PodSeen, kind: string): IntervalResult[] {
  return pod.intervals.filter((interval) => interval.kind === kind)
}

function begin(pod: PodSeen): number {
  return pod.intervals.reduce((first, interval) => Math.min(first, interval.fromMs), Infinity)
}

function bar(interval: IntervalResult, tone: Tone, what: string, labelled = false): Bar {
  const { fromMs, toMs } = interval
  return labelled ? { fromMs, toMs, tone, what, label: what } : { fromMs, toMs, tone, what }
}
