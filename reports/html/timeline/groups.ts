import type { IntervalResult, ScenarioResult } from '../../../harness/model/result.ts'
import { grouped } from '../../numbers.ts'
import type { Mode } from '../../words.ts'
import { names, numberIn, podOf, textIn } from './detail.ts'
import { faultLane, windowLanes } from './fault.ts'
import { byTime, type Group, type Lane, type Mark } from './lanes.ts'
import { eventText, podGroups } from './pods.ts'
import { hurtAtMs } from './scale.ts'

/** All lanes of a scenario: what was done to it, the workload's counts, hurt nodes, its pods, lost requests. */
export function groupsOf(scenario: ScenarioResult, mode: Mode): Group[] {
  const groups: Group[] = [
    {
      sort: 'faults',
      lanes: [
        ...scenario.faults.map((fault, index) => faultLane(scenario, fault, index, mode)),
        ...windowLanes(scenario),
        ...stepLanes(scenario),
      ],
    },
    { sort: 'workload', lanes: replicaLanes(scenario) },
    { sort: 'node', lanes: nodeLanes(scenario) },
    ...podGroups(scenario),
    { sort: 'workload', lanes: otherEvents(scenario) },
    { sort: 'traffic', lanes: lossLanes(scenario) },
  ]
  return groups.filter((group) => group.lanes.length > 0)
}

function stepLanes(scenario: ScenarioResult): Lane[] {
  const steps = scenario.intervals.filter(
    (interval) => interval.kind === 'step' || interval.kind === 'steady',
  )
  if (steps.length === 0) return []
  const bars = steps.map((interval) => {
    const what = interval.kind === 'steady' ? 'steady' : (textIn(interval, 'step') ?? 'step')
    return { fromMs: interval.fromMs, toMs: interval.toMs, tone: 'step' as const, what, label: what }
  })
  return [{ label: 'steps', bars: bars.toSorted(byTime), marks: [] }]
}

function replicaLanes(scenario: ScenarioResult): Lane[] {
  const subjects = bySubject(scenario.intervals.filter((interval) => interval.kind === 'replicas'))
  return [...subjects].map(([subject, intervals]) => ({
    label: subject.slice(subject.lastIndexOf('/') + 1),
    note: 'ready replicas',
    bars: intervals.toSorted(byTime).map((interval) => {
      const desired = numberIn(interval, 'desired') ?? 0
      const ready = numberIn(interval, 'ready') ?? 0
      const what = `${ready} of ${desired} replicas ready`
      return {
        fromMs: interval.fromMs,
        toMs: interval.toMs,
        tone: ready < desired ? ('short' as const) : ('exists' as const),
        what,
        label: `${ready}/${desired}`,
      }
    }),
    marks: stallsOf(scenario, subject),
  }))
}

/** When a Deployment told that its roll-out makes no progress. */
function stallsOf({ intervals }: ScenarioResult, of: string): Mark[] {
  const told = intervals.filter(
    (one) => one.kind === 'progressing' && one.subject === of && textIn(one, 'status') === 'False',
  )
  return told.map((one): Mark => {
    const why = textIn(one, 'reason') ?? 'no reason told'
    return { atMs: one.fromMs, shape: 'warning', what: `The roll-out makes no progress: ${why}` }
  })
}

/** A lane for each node that a fault names, that came, went or was not ready after it, or that was short of something. */
function nodeLanes(scenario: ScenarioResult): Lane[] {
  const hurtMs = hurtAtMs(scenario) ?? 0
  const kinds = new Set(['node', 'node-ready', 'node-pressure'])
  const subjects = bySubject(scenario.intervals.filter((interval) => kinds.has(interval.kind)))
  const hurt = [...subjects].filter(([subject, intervals]) => {
    const told = scenario.faults.some((fault) => names(fault.target, subject))
    const ready = intervals.filter((interval) => interval.kind === 'node-ready')
    const moved = intervals.some((one) => one.fromMs > hurtMs || (one.toMs !== null && one.toMs >= hurtMs))
    return told || moved || ready.length === 0 || intervals.some(isPressure)
  })
  return hurt.map(([subject, intervals]) => ({
    label: subject.slice(subject.lastIndexOf('/') + 1),
    note: 'node',
    bars: intervals
      .filter((one) => !isPressure(one))
      .toSorted((a, b) => a.kind.localeCompare(b.kind) || byTime(a, b))
      .map((interval) => ({
        fromMs: interval.fromMs,
        toMs: interval.toMs,
        ...(interval.kind === 'node'
          ? { tone: 'exists' as const, what: 'Node object exists' }
          : { tone: 'ready' as const, what: 'Node Ready' }),
      })),
    marks: intervals.filter(isPressure).map((one): Mark => {
      return { atMs: one.fromMs, shape: 'warning', what: `The node has ${textIn(one, 'condition')}` }
    }),
  }))
}

function isPressure({ kind }: { kind: string }): boolean {
  return kind === 'node-pressure'
}

/** The warnings about what has no lanes of its own. */
function otherEvents(scenario: ScenarioResult): Lane[] {
  const marks = scenario.intervals
    .filter((one) => one.kind === 'event' && textIn(one, 'type') === 'Warning' && !podOf(one))
    .map((one): Mark => ({ atMs: one.fromMs, shape: 'warning', what: `${one.subject}: ${eventText(one)}` }))
  return marks.length === 0 ? [] : [{ label: 'other warnings', bars: [], marks }]
}

function lossLanes(scenario: ScenarioResult): Lane[] {
  const { traffic } = scenario
  if (!traffic) return []
  const marks = traffic.losses.map((loss): Mark => {
    const where = loss.pod === undefined ? loss.endpoint : `${loss.pod} at ${loss.endpoint}`
    return {
      atMs: loss.atMs,
      shape: 'loss',
      what: `Lost request: ${loss.reason}, ${where}, ${loss.connection} connection`,
    }
  })
  return [
    {
      label: 'lost requests',
      note: `${grouped(traffic.lost)} of ${grouped(traffic.requests)}`,
      bars: [],
      marks,
    },
  ]
}

function bySubject(intervals: readonly IntervalResult[]): Map<string, IntervalResult[]> {
  return Map.groupBy(intervals, (interval) => interval.subject)
}
