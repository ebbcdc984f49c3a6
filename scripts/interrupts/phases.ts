import type { Result } from '../../harness/model/result.ts'

/** When a run is interrupted, and what it must have come to. */
export interface Phase {
  title: string
  /** Each signal is sent once the run has said this since its start, and `thenMs` after that. */
  steps: { after: RegExp; thenMs?: number; signal: NodeJS.Signals; hangsUp?: boolean }[]
  /** The verdicts that its scenarios must have; not looked at unless given. */
  verdicts?: string[]
  /** There need be no report: it was left at once, or nothing but undoing was wanted. */
  without?: 'pages' | 'result'
}

/** What became of it. */
export interface Interrupted {
  exitCode: number | undefined
  output: string
  result: Result | undefined
  hasPages: boolean
  /** Containers that are left. */
  left: string[]
}

const once = (after: RegExp, signal: NodeJS.Signals = 'SIGINT') => [{ after, signal }]
const twice = (after: RegExp) => [...once(after), { after: /: stopping, undoing/, signal: 'SIGINT' as const }]
const judged = /^\w+ .*it is judged before the stop$/m
const oneJudged = ['inconclusive', 'inconclusive', 'passed']

export function phasesOf(provider: 'kind' | 'simulated'): Phase[] {
  const inScenario: Phase[] = [
    { title: 'in a scenario', steps: once(judged), verdicts: oneJudged },
    { title: 'in a scenario, by SIGTERM', steps: once(judged, 'SIGTERM'), verdicts: oneJudged },
    {
      title: 'in a scenario, by a terminal that is closed',
      steps: [{ after: judged, signal: 'SIGHUP', hangsUp: true }],
      verdicts: oneJudged,
    },
  ]
  if (provider === 'simulated') {
    return [{ title: 'before its workers are there', steps: once(/^cluster: SIMULATED/m) }, ...inScenario]
  }
  return [
    { title: 'before kind makes the cluster', steps: once(/^cluster: kind /m) },
    {
      title: 'while kind makes the cluster',
      steps: [{ after: /^cluster: kind /m, thenMs: 12_000, signal: 'SIGINT' }],
    },
    { title: 'once the cluster is up', steps: once(/^cluster: .* is up/m) },
    ...inScenario.slice(0, 1),
    { title: 'twice in a scenario', steps: twice(judged), without: 'pages' },
    {
      title: 'three times in a scenario',
      steps: [...twice(judged), { after: /and nothing else;/, signal: 'SIGINT' }],
      without: 'result',
    },
  ]
}

/** What is not as it must be, a sentence each. */
export function flawsOf({ verdicts, without, steps }: Phase, seen: Interrupted): string[] {
  const { exitCode, result, hasPages, left } = seen
  const flaws: string[] = []
  const want = (is: boolean, flaw: string) => is || flaws.push(flaw)
  want(exitCode === 130, `exit status ${exitCode}, and 130 was expected`)
  want(left.length === 0, `left: ${left.join(', ')}`)
  if (without === 'result') return flaws
  want(without === 'pages' || hasPages, 'a page is missing')
  if (!result) return [...flaws, 'there is no result that can be read']
  const { run, scenarios } = result
  want(run.interrupted === true, 'the result does not say that the run was interrupted')
  want(run.verdict === 'inconclusive', `the run is ${run.verdict}, and inconclusive was expected`)
  want(run.error?.message.includes(steps[0]?.signal ?? '') === true, `it says: ${run.error?.message}`)
  if (!verdicts) return flaws
  const told = scenarios.map(({ verdict }) => verdict).sort()
  want(String(told) === String(verdicts), `its scenarios are ${told}, and ${verdicts} was expected`)
  return flaws
}
