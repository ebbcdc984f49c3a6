import type { ClaimResult, ScenarioResult } from '../../harness/model/result.ts'
import { twinOf } from '../twins.ts'
import { type Kind, type Repetition, type Spread, spreadOf } from './statistics.ts'

/** One predicted window of one run, and what was measured of it. Times are milliseconds from the claim's anchor. */
export interface Sample {
  scenarioId: string
  title: string
  /** As the scenario wrote it; numbered where it wrote it more than once. */
  claim: string
  /** What the times are counted from. */
  from: string
  kind: Kind
  /** Absent where what was waited for never came. */
  measuredMs?: number
  timing: 'inside' | 'early' | 'late'
  earliestMs: number
  latestMs: number
  /** The sum of the times in its chain that Kubernetes itself sets. */
  periodsMs: number
}

/**
 * The windows that predictions were put to the test with: of responses without a limit of their own, in scenarios that
 * are no twins. Those that were not judged to their end have no timing, and are left out.
 */
export function samplesOf(repetitions: readonly Repetition[]): Sample[] {
  return repetitions.flatMap(({ kind, result }) =>
    result.scenarios
      .filter(({ title }) => twinOf(title) === undefined)
      .flatMap((scenario) => scenario.claims.flatMap((claim, n) => sampleOf(scenario, claim, n, kind) ?? [])),
  )
}

function sampleOf(scenario: ScenarioResult, claim: ClaimResult, n: number, kind: Kind): Sample | undefined {
  const { sort, predicted, within, timing, measuredMs, statement, anchor } = claim
  if (sort !== 'response' || !predicted || within !== undefined || !timing) return undefined
  const before = scenario.claims.slice(0, n).filter((other) => other.statement === statement).length
  const kubernetes = predicted.because.filter((term) => term.kubernetes === true)
  return {
    ...{ scenarioId: scenario.id, title: scenario.title, from: anchor?.event ?? '', kind, timing },
    claim: before === 0 ? statement : `${statement}, no. ${before + 1}`,
    ...(measuredMs !== undefined && { measuredMs }),
    ...{ earliestMs: predicted.earliestMs, latestMs: predicted.latestMs },
    periodsMs: kubernetes.reduce((sum, { ms }) => sum + ms, 0),
  }
}

/** What was seen of a window in the runs of one kind. */
export interface Seen {
  measuredMs: Spread | undefined
  inside: number
  early: number
  late: number
}

/** One claim of one scenario over all runs; the rows of a scenario stand together. Windows that differ between runs are told by their outermost bounds. */
export interface WindowRow {
  title: string
  claim: string
  from: string
  earliestMs: number
  latestMs: number
  /** The medians over all runs. `ratio` is the width over the periods, absent where there are none. */
  widthMs: number
  periodsMs: number
  ratio?: number
  quiet: Seen
  busy: Seen
}

export function windowRows(samples: readonly Sample[]): WindowRow[] {
  const groups = [...Map.groupBy(samples, ({ scenarioId }) => scenarioId).values()].flatMap((scenario) => [
    ...Map.groupBy(scenario, ({ claim, from }) => `${claim}\n${from}`).values(),
  ])
  return groups.flatMap((group) => {
    const [first] = group
    if (!first) return []
    const { title, claim, from } = first
    const ratios = group.flatMap((sample) => ratioOf(sample) ?? [])
    const ratio = spreadOf(ratios)?.median
    return [
      {
        ...{ title, claim, from },
        earliestMs: Math.min(...group.map(({ earliestMs }) => earliestMs)),
        latestMs: Math.max(...group.map(({ latestMs }) => latestMs)),
        widthMs: spreadOf(group.map(widthOf))?.median ?? 0,
        periodsMs: spreadOf(group.map(({ periodsMs }) => periodsMs))?.median ?? 0,
        ...(ratio !== undefined && { ratio }),
        ...{ quiet: seen(group, 'quiet'), busy: seen(group, 'busy') },
      },
    ]
  })
}

/** The windows of the runs of one kind as a whole. */
export interface Overall {
  samples: number
  inside: number
  /** The median of the widths over the periods of Kubernetes in their chains, of so many windows that have some. */
  ratio: number | undefined
  withPeriods: number
}

export function overall(samples: readonly Sample[], kind: Kind): Overall {
  const mine = samples.filter((sample) => sample.kind === kind)
  const ratios = mine.flatMap((sample) => ratioOf(sample) ?? [])
  return {
    samples: mine.length,
    inside: mine.filter(({ timing }) => timing === 'inside').length,
    ratio: spreadOf(ratios)?.median,
    withPeriods: ratios.length,
  }
}

function seen(group: readonly Sample[], kind: Kind): Seen {
  const mine = group.filter((sample) => sample.kind === kind)
  const count = (timing: Sample['timing']) => mine.filter((sample) => sample.timing === timing).length
  return {
    measuredMs: spreadOf(mine.flatMap(({ measuredMs }) => measuredMs ?? [])),
    ...{ inside: count('inside'), early: count('early'), late: count('late') },
  }
}

function widthOf({ earliestMs, latestMs }: Sample): number {
  return latestMs - earliestMs
}

function ratioOf(sample: Sample): number | undefined {
  return sample.periodsMs > 0 ? widthOf(sample) / sample.periodsMs : undefined
}
