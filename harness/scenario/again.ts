import type { ScenarioResult } from '../model/result.ts'

/** Where more than this part of a run was not judged, the machine is too slow for all of it. */
const mostOfARun = 0.25
/** So few may be played again in any run. */
const aFew = 3

/**
 * What of a scenario was not judged, where nothing but the machine is to blame; undefined for every other scenario. What
 * was judged, or fails for another reason, is never played again: that would hide a flake.
 */
export function tooSlowFor({ verdict, error, claims }: ScenarioResult): string | undefined {
  if (verdict !== 'inconclusive' || error) return undefined
  const unjudged = claims.filter((claim) => claim.verdict !== 'passed')
  return unjudged.length > 0 && unjudged.every(({ tooSlow }) => tooSlow) ? unjudged[0]?.message : undefined
}

/** Those that are worth a second time, by themselves: none where the machine was too slow for the run as a whole. */
export function worthPlayingAgain<T extends ScenarioResult>(scenarios: T[]): T[] {
  const tooSlow = scenarios.filter((scenario) => tooSlowFor(scenario) !== undefined)
  return tooSlow.length <= Math.max(aFew, mostOfARun * scenarios.length) ? tooSlow : []
}
