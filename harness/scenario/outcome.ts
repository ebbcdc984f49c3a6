import type { Ledger } from '../claims/ledger.ts'
import {
  InterruptedError,
  NoReceiptError,
  NotCapableError,
  NotSteadyError,
  PromiseNotMadeError,
  RolypolyError,
} from '../model/errors.ts'
import type { ClaimResult, Failure } from '../model/result.ts'
import { type Verdict, worst } from '../model/verdict.ts'

/** What leaves a scenario unjudged, and is nobody's failure. */
const notJudged = [NotSteadyError, NoReceiptError, NotCapableError, InterruptedError]

/** What a scenario has come to. */
export interface Outcome {
  verdict: Verdict
  claims: ClaimResult[]
  error?: Failure
  skippedBecause?: string
}

/** From the claims that were made, and what was thrown, if anything. */
export function outcomeOf(ledger: Ledger, thrown: unknown, control: boolean): Outcome {
  if (thrown instanceof NotCapableError && ledger.entries.length === 0) {
    return { verdict: 'skipped', claims: [], skippedBecause: thrown.message }
  }
  if (thrown instanceof PromiseNotMadeError) {
    const { subject, message } = thrown
    ledger
      .open({ statement: 'makes the promise at all', subject, sort: 'invariant' })
      .settle('violated', message)
  }
  const claims = ledger.entries.map(({ result }) => (control ? turned(result) : result))
  const verdicts = claims.map(({ verdict }) => verdict)
  if (thrown === undefined || thrown instanceof PromiseNotMadeError) {
    // A scenario without a claim has judged nothing.
    return { verdict: claims.length === 0 ? 'inconclusive' : worst(verdicts), claims }
  }
  const own = notJudged.some((kind) => thrown instanceof kind) ? 'inconclusive' : 'error'
  return { verdict: worst([...verdicts, own]), claims, error: failureOf(thrown) }
}

/**
 * In a control run nothing was hurt: there a response has to fail, and one that is seen all the same would have passed
 * for nothing.
 */
function turned(claim: ClaimResult): ClaimResult {
  const { sort, verdict, message } = claim
  if (sort === 'response' && verdict === 'passed') {
    return { ...claim, verdict: 'violated', message: `${message}, although the fault was left out` }
  }
  if (sort === 'response' && verdict === 'violated') {
    return { ...claim, verdict: 'passed', message: `${message}: as it must without the fault` }
  }
  return claim
}

export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { message: String(thrown) }
  const { message, stack } = thrown
  // The sentence of an own error is enough; of any other, the place where it came from is wanted.
  if (!(thrown instanceof RolypolyError)) return { message, ...(stack && { stack }) }
  const { evidence, remedy } = thrown
  return { message, ...(evidence && { evidence }), ...(remedy && { remedy }) }
}
