import type { ClaimResult, Result, ScenarioResult } from '../../harness/model/result.ts'
import { isClaim, twinOf, wrongWith } from '../twins.ts'

/** One broken workload, and who found it. */
export interface Row {
  /** What is broken, in the words of the scenario's title. */
  broken: string
  /** The claim that it was made for. */
  claim: string
  /** How often it was played, and how often that claim alone found it. */
  played: number
  found: number
  /** What was wrong where it was not found, by another claim, or under another subject. */
  wrong?: string
  subject: string
  message: string
  /** The other claims of the scenario. */
  others: Pick<ClaimResult, 'statement' | 'subject' | 'verdict'>[]
}

/** The broken workloads against the claims. */
export interface Matrix {
  rows: Row[]
  /** Subjects that nothing is wrong with, of which something was claimed. */
  healthy: number
  /** Those of them that were blamed all the same, with the message. */
  blamed: string[]
}

/** The twins of these runs, each once, and what was said of the healthy subjects beside them. */
export function matrixOf(results: readonly Result[]): Matrix {
  const scenarios = results
    .flatMap((result) => result.scenarios)
    .filter(({ verdict }) => verdict !== 'skipped')
  const byId = Map.groupBy(scenarios, ({ id }) => id)
  const judged = [...byId.values()].map(rowOf).filter((row) => row !== undefined)
  const healthy = scenarios.flatMap(healthyIn)
  return {
    rows: judged,
    healthy: healthy.length,
    blamed: healthy.flatMap(({ blamed }) => (blamed === undefined ? [] : [blamed])),
  }
}

function rowOf(played: ScenarioResult[]): Row | undefined {
  const wrongs = played.map((scenario) => ({ scenario, wrong: wrongWith(scenario) }))
  // One that went wrong tells more than those that did not.
  const told = wrongs.find(({ wrong }) => wrong !== undefined) ?? wrongs.at(-1)
  const twin = told && twinOf(told.scenario.title)
  if (!told || twin?.comesTo !== 'violated') return undefined
  const { claims } = told.scenario
  const finder = claims.find(
    ({ statement, verdict }) => verdict === 'violated' && isClaim(statement, twin.claim),
  )
  return {
    ...{ broken: twin.broken, claim: twin.claim, played: played.length },
    found: wrongs.filter(({ wrong }) => wrong === undefined).length,
    ...(told.wrong !== undefined && { wrong: told.wrong }),
    ...{ subject: finder?.subject ?? '', message: finder?.message ?? '' },
    others: claims.filter((claim) => claim !== finder),
  }
}

/**
 * The subjects of a scenario's claims that nothing is wrong with: all of them where it is no twin, and in a twin those
 * of which its claim was not violated. A subject is blamed where a claim about it was violated.
 */
function healthyIn({ title, claims }: ScenarioResult): { blamed: string | undefined }[] {
  const twin = twinOf(title)
  if (twin && twin.comesTo !== 'violated') return []
  const isFound = ({ statement, verdict }: ClaimResult) =>
    verdict === 'violated' && twin !== undefined && isClaim(statement, twin.claim)
  const broken = claims.filter(isFound).map(({ subject }) => subject)
  // A container is broken with its pod, and a pod with its container.
  const isBroken = (subject: string) => broken.some((of) => within(of, subject) || within(subject, of))
  const bySubject = Map.groupBy(
    claims.filter(({ subject }) => !isBroken(subject)),
    ({ subject }) => subject,
  )
  return [...bySubject.values()].map((of) => ({
    blamed: of.find(({ verdict }) => verdict === 'violated')?.message,
  }))
}

function within(part: string, whole: string): boolean {
  return part === whole || part.startsWith(`${whole}/`)
}
