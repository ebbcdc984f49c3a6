import type { ClaimResult, Result, ScenarioResult } from '../../model/result.ts'
import { type Pair, pairsOf, swapped, unpaired } from '../../timeline/order.ts'
import { areOrdered, keyEvents } from './key-events.ts'

/** What the two runs of one scenario come to beside each other. */
export interface Compared {
  title: string
  events: Pair[]
  /** A sentence each: none where the two are alike. */
  differences: string[]
}

export interface Parity {
  scenarios: Compared[]
  /** Scenarios that only one of the runs has, that were skipped in one, or not judged in the real one: a sentence each. */
  missing: string[]
}

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
    // A real machine may be too slow to judge, which is none of the model's business.
    else if (other.verdict === 'inconclusive')
      missing.push(`${scenario.title}: could not be judged on the real cluster`)
    else scenarios.push(compareScenarios(scenario, other))
  }
  for (const { title } of others.values()) missing.push(`${title}: only in the real run`)
  return { scenarios, missing }
}

function compareScenarios(simulated: ScenarioResult, real: ScenarioResult): Compared {
  const [ours, theirs] = [keyEvents(simulated), keyEvents(real)]
  const events = pairsOf(ours, theirs)
  const differences = [
    ...(simulated.verdict === real.verdict
      ? []
      : [`the verdict is ${simulated.verdict} where a real cluster's is ${real.verdict}`]),
    ...unpaired(events),
    ...swapped(events, 0, areOrdered),
    ...claimDifferences(claimsOf(simulated), claimsOf(real)),
  ]
  return { title: simulated.title, events, differences }
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
