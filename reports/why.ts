import type { ClaimResult, ScenarioResult } from '../harness/model/result.ts'
import { noiseLine } from './noise-words.ts'
import { stopSentences } from './shutdown-changes.ts'
import { fellShort } from './shutdown-words.ts'

/** Beyond this many nobody reads on where the verdict is; the scenario's own section has them all. */
const limit = 6

/** The claims that lost requests bear on; the first of them that did not hold gets their explanations. */
const aboutRequests = ['toLoseRequests', 'toHaveGapOf', 'toShutDownGracefully']

/** What stands behind a claim that did not hold: why requests were lost, how its pods stopped, how busy the machine was. */
export function why(scenario: ScenarioResult, claim: ClaimResult): string[] {
  const found = [...lost(scenario, claim), ...stopped(scenario, claim), ...noisy(scenario, claim)]
  const more = found.length - limit
  return more > 0 ? [...found.slice(0, limit), `and ${more} more`] : found
}

function lost({ claims, traffic, verdict }: ScenarioResult, claim: ClaimResult): string[] {
  const teller = claims
    .filter((one) => one.verdict === verdict && aboutRequests.includes(matcher(one)))
    .toSorted((a, b) => aboutRequests.indexOf(matcher(a)) - aboutRequests.indexOf(matcher(b)))[0]
  return teller === claim ? (traffic?.explanations ?? []).map(({ text }) => text) : []
}

/** The stops of the claim's pod, or of all pods where it is about a workload: those that fell short, if any did. */
function stopped({ shutdowns = [] }: ScenarioResult, claim: ClaimResult): string[] {
  if (matcher(claim) !== 'toShutDownGracefully') return []
  const own = shutdowns.filter(
    ({ subject }) => !claim.subject.startsWith('Pod/') || `${claim.subject}/`.startsWith(`${subject}/`),
  )
  const short = own.filter(fellShort)
  return (short.length > 0 ? short : own).flatMap(stopSentences)
}

function noisy({ noise }: ScenarioResult, claim: ClaimResult): string[] {
  return noise && claim.tooSlow ? [noiseLine(noise)] : []
}

/** `toLoseRequests` of `toLoseRequests({ atMost: 0 })`. */
function matcher({ statement }: ClaimResult): string {
  return statement.slice(0, Math.max(0, statement.indexOf('(')))
}
