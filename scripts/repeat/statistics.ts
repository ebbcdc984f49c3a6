import type { ClaimResult, Noise, Result, ScenarioResult } from '../../harness/model/result.ts'
import { type Verdict, verdicts } from '../../harness/model/verdict.ts'
import { twinOf, wrongWith } from '../twins.ts'

/** Whether other processes kept the cores busy while it ran. */
export type Kind = 'quiet' | 'busy'

/** One run of many. */
export interface Repetition {
  /** The name of its folder, as `07-quiet`. */
  name: string
  kind: Kind
  result: Result
}

/** The least, the middle and the greatest of some values. */
export interface Spread {
  min: number
  median: number
  max: number
}

/** Undefined for no values. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [min, low, high, max] = [0, Math.ceil(middle) - 1, Math.floor(middle), -1].map((n) => sorted.at(n))
  if (min === undefined || low === undefined || high === undefined || max === undefined) return undefined
  return { min, median: (low + high) / 2, max }
}

export type Verdicts = Record<Verdict, number>

/** How often a scenario came to each verdict. */
export interface VerdictRow {
  title: string
  quiet: Verdicts
  busy: Verdicts
}

export function verdictRows(repetitions: readonly Repetition[]): VerdictRow[] {
  return byScenario(repetitions).map((played) => ({
    title: played[0]?.scenario.title ?? '',
    quiet: verdictsOf(played, 'quiet'),
    busy: verdictsOf(played, 'busy'),
  }))
}

/** Something that did not pass: a claim, or the scenario itself. */
export interface Finding {
  run: string
  title: string
  verdict: Verdict
  /** Absent where it is the scenario's own error. */
  statement?: string
  message: string
  /** It may not be so, neither on a quiet machine nor on a busy one. */
  isWrong: boolean
}

/**
 * What did not pass, of scenarios that should. A twin, which must be found broken, is here where it was not. On a busy
 * machine as on a quiet one, a promise may stay unjudged; broken, or an error of the harness, is wrong.
 */
export function findings(repetitions: readonly Repetition[]): Finding[] {
  return repetitions.flatMap(({ name: run, result }) =>
    result.scenarios.flatMap((scenario) => {
      const { title, verdict, error } = scenario
      if (twinOf(title)) {
        const message = wrongWith(scenario)
        return message === undefined ? [] : [{ run, title, verdict, message, isWrong: isWrong(scenario) }]
      }
      const own = error ? [{ run, title, verdict, message: error.message, isWrong: isWrong(scenario) }] : []
      const claims = scenario.claims
        .filter((claim) => claim.verdict !== 'passed')
        .map((claim) => ({ run, title, ...pick(claim), isWrong: isWrongAt(claim.verdict) }))
      return [...own, ...claims]
    }),
  )
}

/** Whether a scenario has come to a verdict that is wrong whatever the machine was doing. */
export function isWrong(scenario: ScenarioResult): boolean {
  const { verdict, title } = scenario
  if (twinOf(title)) return verdict !== 'inconclusive' && wrongWith(scenario) !== undefined
  return isWrongAt(verdict)
}

/** Of a promise that is kept. */
function isWrongAt(verdict: Verdict): boolean {
  return verdict === 'violated' || verdict === 'error'
}

/** How busy the machine was, over all scenarios: the median of their medians, and the greatest that was seen. */
export type NoiseOf = Record<'apiMs' | 'watchMs' | 'cpuWaiting', { p50: number; max: number } | undefined>

/** Undefined where no scenario measured it. */
export function noiseOf(repetitions: readonly Repetition[], kind: Kind): NoiseOf | undefined {
  const measured = repetitions
    .filter((repetition) => repetition.kind === kind)
    .flatMap(({ result }) => result.scenarios.flatMap(({ noise }) => noise ?? []))
  const over = (of: (noise: Noise) => { p50: number; max: number } | undefined) => {
    const all = measured.flatMap((noise) => of(noise) ?? [])
    const p50 = spreadOf(all.map((one) => one.p50))?.median
    const max = spreadOf(all.map((one) => one.max))?.max
    return p50 === undefined || max === undefined ? undefined : { p50, max }
  }
  if (measured.length === 0) return undefined
  return {
    apiMs: over(({ apiMs }) => apiMs),
    watchMs: over(({ watchMs }) => watchMs),
    cpuWaiting: over(({ cpuWaiting }) => cpuWaiting),
  }
}

interface Played {
  kind: Kind
  scenario: ScenarioResult
}

/** What was played of each scenario, in the order in which the scenarios were first seen. */
function byScenario(repetitions: readonly Repetition[]): Played[][] {
  const played = repetitions.flatMap(({ kind, result }) =>
    result.scenarios.map((scenario) => ({ kind, scenario })),
  )
  return [...Map.groupBy(played, ({ scenario }) => scenario.id).values()]
}

function verdictsOf(played: Played[], kind: Kind): Verdicts {
  const count = (verdict: Verdict) =>
    played.filter((one) => one.kind === kind && one.scenario.verdict === verdict).length
  return Object.fromEntries(verdicts.map((verdict) => [verdict, count(verdict)])) as Verdicts
}

function pick({ verdict, statement, message }: ClaimResult) {
  return { verdict, statement, message }
}
