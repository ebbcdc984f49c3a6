import { formatMs } from '../harness/model/duration.ts'
import type {
  ClaimResult,
  ClusterResult,
  Result,
  RunResult,
  ScenarioResult,
} from '../harness/model/result.ts'
import { type Verdict, verdicts } from '../harness/model/verdict.ts'
import { counted } from './numbers.ts'
import { why } from './why.ts'

export type Mode = RunResult['mode']

/** One thing a reader has to know about a scenario: what was promised, where it was a claim, what was seen, and why. */
export interface Finding {
  promise?: string
  seen: string
  why?: readonly string[]
}

export const symbols: Record<Verdict, string> = {
  violated: '✗',
  error: '!',
  inconclusive: '?',
  passed: '✓',
  skipped: '–',
}

/** The scenarios, worst verdict first, otherwise in the order they came. */
export function worstFirst(scenarios: readonly ScenarioResult[]): ScenarioResult[] {
  return scenarios.toSorted((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict))
}

/** How often each verdict was given, worst first, without those that were not. */
export function tally(of: readonly { verdict: Verdict }[]): { verdict: Verdict; count: number }[] {
  return verdicts
    .map((verdict) => ({ verdict, count: of.filter((one) => one.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
}

/** The run in one sentence. */
export function headline(result: Result): string {
  const { run, scenarios } = result
  if (run.error) return run.error.message
  const control = run.mode === 'control'
  const count = (verdict: Verdict): number => scenarios.filter((one) => one.verdict === verdict).length
  const share = (verdict: Verdict): string => `${count(verdict)} of ${counted(scenarios.length, 'scenario')}`
  const judged = scenarios.length - count('skipped')
  switch (run.verdict) {
    case 'violated':
      return control
        ? `The control did not come out as it must in ${share('violated')}.`
        : `A promise was broken in ${share('violated')}.`
    case 'error':
      return `The harness or its surroundings failed in ${share('error')}.`
    case 'inconclusive':
      return `${share('inconclusive')} could not be judged.`
    case 'passed':
      return control
        ? `Without the faults, every response claim failed and every invariant held in ${counted(judged, 'scenario')}.`
        : `Every promise was kept in ${counted(judged, 'scenario')}.`
    case 'skipped':
      return 'Nothing was judged.'
  }
}

/** What the reader must not overlook about the run as a whole. */
export function stamps(result: Result): { name: string; meaning: string }[] {
  const found: { name: string; meaning: string }[] = []
  if (result.run.cluster?.provider === 'simulated') {
    found.push({
      name: 'Simulated cluster',
      meaning: `no Kubernetes was run, and times are virtual: this proves nothing about a real one; --seed ${result.run.seed} plays it again`,
    })
  }
  if (result.run.mode === 'control') {
    found.push({
      name: 'Control run',
      meaning:
        'the faults were left out: “passed” means that a response claim failed, and that an invariant held',
    })
  }
  return found
}

/** `kind · Kubernetes v1.34.4 · 3 nodes`. */
export function clusterLine(cluster: ClusterResult | undefined): string {
  if (!cluster) return 'no cluster'
  return `${cluster.provider} · Kubernetes ${cluster.kubernetesVersion} · ${counted(cluster.nodes.length, 'node')}`
}

/** How long the run took, as text; empty where its times cannot be read. */
export function runDuration(run: RunResult): string {
  const ms = Date.parse(run.finishedAt) - Date.parse(run.startedAt)
  return Number.isFinite(ms) ? formatMs(ms) : ''
}

/**
 * Why a scenario has its verdict: for a failing one the claims or the error behind it, one finding at least. In control
 * mode the claims come with their verdicts turned already: a response that failed has `passed` there.
 */
export function findings(scenario: ScenarioResult, mode: Mode): Finding[] {
  const found = reasons(scenario, mode)
  if (found.length > 0) return found
  return [{ seen: scenario.error?.message ?? `No claim and no error says why this is ${scenario.verdict}.` }]
}

function reasons(scenario: ScenarioResult, mode: Mode): Finding[] {
  const { claims, error, verdict } = scenario
  const failure: Finding[] = error ? [{ seen: error.message }] : []
  const same = claims
    .filter((claim) => claim.verdict === verdict)
    .map((claim) => ({ promise: claim.statement, seen: claim.message, why: why(scenario, claim) }))
  switch (verdict) {
    case 'violated':
      return [...same, ...failure]
    case 'error':
      return [...failure, ...same]
    case 'inconclusive':
      return [...failure, ...noReceipt(scenario, mode), ...same]
    case 'skipped':
      return scenario.skippedBecause ? [{ seen: scenario.skippedBecause }] : failure
    case 'passed':
      return [{ seen: kept(claims, mode) }]
  }
}

function noReceipt(scenario: ScenarioResult, mode: Mode): Finding[] {
  if (mode === 'control') return []
  return scenario.faults
    .filter((fault) => fault.receipt === null)
    .map((fault) => ({
      seen: `${fault.kind} of ${fault.target} left no receipt: nothing proves that it landed.`,
    }))
}

function kept(claims: readonly ClaimResult[], mode: Mode): string {
  const many = counted(claims.length, 'claim')
  return mode === 'control' ? `${many} came out as must be without a fault.` : `${many} held.`
}
