/**
 * What a claim, a scenario or a run came to, worst first.
 *
 * - `violated`: the system broke its promise.
 * - `error`: the harness or its surroundings failed.
 * - `inconclusive`: it could not be judged (not steady before the fault, no receipt, a gap in the recording).
 * - `passed`: seen to hold.
 * - `skipped`: the cluster lacks a capability that the scenario names.
 */
export const verdicts = ['violated', 'error', 'inconclusive', 'passed', 'skipped'] as const

export type Verdict = (typeof verdicts)[number]

/** The worst of them; `skipped` where there are none, for what judged nothing never passes. */
export function worst(of: Iterable<Verdict>): Verdict {
  let worstIndex = verdicts.length - 1
  for (const verdict of of) worstIndex = Math.min(worstIndex, verdicts.indexOf(verdict))
  return verdicts[worstIndex] as Verdict
}

/** The exit status of a run: 0 passed, 1 violated, 2 error, 3 inconclusive or nothing judged. */
export function exitStatus(verdict: Verdict): 0 | 1 | 2 | 3 {
  return ({ passed: 0, violated: 1, error: 2, inconclusive: 3, skipped: 3 } as const)[verdict]
}
