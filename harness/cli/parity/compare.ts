import type { ClaimResult, Result, ScenarioResult } from '../../model/result.ts'
import { type KeyEvent, keyEvents } from './key-events.ts'

/** One event in both runs; absent where it was not seen. */
export interface Pair {
  name: string
  simulatedMs?: number
  realMs?: number
}

/** What the two runs of one scenario come to beside each other. */
export interface Compared {
  title: string
  events: Pair[]
  /** A sentence each: none where the two are alike. */
  differences: string[]
}

export interface Parity {
  scenarios: Compared[]
  /** Scenarios that only one of the runs has, or that were skipped in one: a sentence each. */
  missing: string[]
}

/**
 * What lies closer together than this, in milliseconds, is a race that either may win: the kubelet looks at its
 * containers once a second, and an invariant's wait or a revert is the harness's own.
 */
export const raceMs = 1_500

/** Lays the scenarios of a simulated run beside those of a real one. */
export function compareRuns(simulated: Result, real: Result): Parity {
  const others = new Map(real.scenarios.map((scenario) => [scenario.id, scenario]))
  const missing: string[] = []
  const scenarios: Compared[] = []
  for (const scenario of simulated.scenarios) {
    const other = others.get(scenario.id)
    others.delete(scenario.id)
    if (!other) missing.push(`${scenario.title}: only in the simulated run`)
    else if (scenario.verdict === 'skipped' || other.verdict === 'skipped')
      missing.push(`${scenario.title}: skipped: ${scenario.skippedBecause ?? other.skippedBecause ?? ''}`)
    else scenarios.push(compareScenarios(scenario, other))
  }
  for (const { title } of others.values()) missing.push(`${title}: only in the real run`)
  return { scenarios, missing }
}

function compareScenarios(simulated: ScenarioResult, real: ScenarioResult): Compared {
  const [ours, theirs] = [keyEvents(simulated), keyEvents(real)]
  const events = pairsOf(ours, theirs)
  const differences = [
    ...(simulated.verdict === real.verdict || real.verdict === 'inconclusive'
      ? []
      : [`the verdict is ${simulated.verdict} where a real cluster's is ${real.verdict}`]),
    ...unpaired(events),
    ...swapped(events),
    ...claimDifferences(claimsOf(simulated), claimsOf(real)),
  ]
  return { title: simulated.title, events, differences }
}

/** In the order of the real run; what only the simulated one has, last. */
function pairsOf(ours: KeyEvent[], theirs: KeyEvent[]): Pair[] {
  const simulated = new Map(ours.map(({ name, atMs }) => [name, atMs]))
  const pairs: Pair[] = theirs.map(({ name, atMs: realMs }) => {
    const simulatedMs = simulated.get(name)
    simulated.delete(name)
    return { name, realMs, ...(simulatedMs !== undefined && { simulatedMs }) }
  })
  return [...pairs, ...[...simulated].map(([name, simulatedMs]) => ({ name, simulatedMs }))]
}

/** An event that comes right before the end of a recording may be seen in one run and not in the other. */
function unpaired(events: Pair[]): string[] {
  const lastMs = (of: 'simulatedMs' | 'realMs') => Math.max(0, ...events.map((event) => event[of] ?? 0))
  const [lastSimulated, lastReal] = [lastMs('simulatedMs'), lastMs('realMs')]
  return events.flatMap(({ name, simulatedMs, realMs }) => {
    if (simulatedMs === undefined && (realMs ?? 0) < lastReal - raceMs) return [`“${name}” was not seen here`]
    if (realMs === undefined && (simulatedMs ?? 0) < lastSimulated - raceMs)
      return [`“${name}” was seen here only`]
    return []
  })
}

function swapped(events: Pair[]): string[] {
  const found: string[] = []
  for (const [at, first] of events.entries()) {
    for (const second of events.slice(at + 1)) {
      if (first.simulatedMs === undefined || second.simulatedMs === undefined) continue
      if (first.realMs === undefined || second.realMs === undefined) continue
      const [here, there] = [second.simulatedMs - first.simulatedMs, second.realMs - first.realMs]
      if (there <= raceMs || here >= 0) continue
      found.push(
        `“${second.name}” comes before “${first.name}” here, and ${Math.round(there)} ms after it there`,
      )
    }
  }
  return found
}

/** With the names of pods, which are others in every run, left out of their statements. */
function claimsOf({ claims, intervals }: ScenarioResult): ClaimResult[] {
  const pods = intervals.filter(({ kind }) => kind === 'pod')
  const names = pods.map(({ subject }) => subject.split('/').at(-1) ?? '').sort((a, b) => b.length - a.length)
  return claims.map((claim) => ({
    ...claim,
    statement: names.reduce((statement, name) => statement.replaceAll(name, 'a pod'), claim.statement),
  }))
}

function claimDifferences(ours: ClaimResult[], theirs: ClaimResult[]): string[] {
  const differences = ours.flatMap((claim, n) => {
    const other = theirs[n]
    const name = `\`${claim.statement}\``
    if (other?.statement !== claim.statement) return [`${name} was not judged there`]
    // A real machine may be too slow to judge, which is none of the model's business.
    if (other.verdict === 'inconclusive') return []
    const verdict =
      claim.verdict === other.verdict ? [] : [`${name} is ${claim.verdict} here, and ${other.verdict} there`]
    return [...verdict, ...outside(claim, 'here'), ...outside(other, 'there')]
  })
  const more = theirs.slice(ours.length).map(({ statement }) => `\`${statement}\` was not judged here`)
  return [...differences, ...more]
}

/** A promise that was broken on purpose is late in both. */
function outside({ statement, timing, verdict }: ClaimResult, where: string): string[] {
  if (timing === undefined || timing === 'inside' || verdict === 'violated') return []
  return [`\`${statement}\` came ${timing} ${where}, outside of its predicted window`]
}
