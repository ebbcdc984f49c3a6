import { counted } from '../../reports/numbers.ts'
import { code, percent, seconds, table } from '../../scripts/markdown.ts'
import { spreadOf } from '../../scripts/repeat/statistics.ts'
import { faultNames, type Round, type Waited } from './rounds.ts'

/** What a wait has come to. */
export type Ending = 'held' | 'passed falsely' | 'did not pass'

/**
 * A wait passed falsely where it returned success before the damage had been seen, or before what its success says had
 * happened.
 */
export function endingOf({ passed, returnedMs, says }: Waited, { truth }: Round): Ending {
  if (!passed) return 'did not pass'
  const happenedMs = truth[`${says}Ms`]
  const isTrue = happenedMs !== undefined && returnedMs >= truth.damagedMs && returnedMs >= happenedMs
  return isTrue ? 'held' : 'passed falsely'
}

/** One tool against one fault. */
export interface Row {
  fault: Round['fault']
  tool: string
  says: Waited['says']
  rounds: number
  passedFalsely: number
  didNotPass: number
  /** Medians from the begin of the wait: to its return, and to what it says. The latter is missing where it never was. */
  returnedMs: number
  happenedMs?: number
}

/** A row for each fault and tool, in the order of the faults' names and of the first round's waits. */
export function rowsOf(rounds: readonly Round[]): Row[] {
  return faultNames.flatMap((fault) => {
    const mine = rounds.filter((round) => round.fault === fault)
    const tools = new Set(mine.flatMap(({ waits }) => waits.map(({ tool }) => tool)))
    return [...tools].map((tool) => rowOf(fault, tool, mine))
  })
}

function rowOf(fault: Round['fault'], tool: string, rounds: Round[]): Row {
  const waits = rounds.flatMap((round) =>
    round.waits.filter((wait) => wait.tool === tool).map((wait) => ({ wait, round })),
  )
  const endings = waits.map(({ wait, round }) => endingOf(wait, round))
  const says = waits[0]?.wait.says ?? 'recovered'
  const happened = waits.flatMap(({ round }) => {
    const atMs = round.truth[`${says}Ms`]
    return atMs === undefined ? [] : [atMs - round.begunMs]
  })
  return {
    ...{ fault, tool, says, rounds: waits.length },
    passedFalsely: endings.filter((ending) => ending === 'passed falsely').length,
    didNotPass: endings.filter((ending) => ending === 'did not pass').length,
    returnedMs: median(waits.map(({ wait, round }) => wait.returnedMs - round.begunMs)),
    ...(happened.length > 0 && { happenedMs: median(happened) }),
  }
}

const whatIsSaid = {
  recovered: 'every replica is ready again',
  replaced: 'a pod made since is ready in its place',
  restarted: 'the container runs again',
} as const

/** The rounds as Markdown. `made` is the command that makes it. */
export function falsePassPage(rounds: readonly Round[], made: string): string {
  const damage = faultNames.flatMap((fault) => {
    const mine = rounds.filter((round) => round.fault === fault)
    if (mine.length === 0) return []
    const seen = mine.map(({ begunMs, truth }) => truth.damagedMs - begunMs)
    return [`${fault} ${seconds(median(seen))} s (${counted(mine.length, 'round')})`]
  })
  const parts = [
    '## Waits that pass falsely',
    `Made by ${code(made)}. One nginx Deployment of three replicas, in a namespace of its own for each round; once it is steady the fault is injected, and right after the injecting call came back every tool's wait is begun, side by side. The truth is read from the recording of that round, which was opened before the workload was there: the damage is seen when the watches first tell that the workload is not as it was; what happened after it is read from the pods alone, by other rules than those of the claims. A wait **passed falsely** where it returned success before the damage had been seen, or before what its success says had happened.`,
    `From the begin of the waits to the damage seen, median: ${damage.join(', ')}.`,
    table(
      ['fault', 'wait', 'its success says that', 'passed falsely', 'did not pass', 'returned', 'true after'],
      rowsOf(rounds).map((row) => [
        row.fault,
        code(row.tool),
        whatIsSaid[row.says],
        `${row.passedFalsely} of ${row.rounds} (${percent(row.passedFalsely / row.rounds)})`,
        String(row.didNotPass),
        `${seconds(row.returnedMs)} s`,
        row.happenedMs === undefined ? '–' : `${seconds(row.happenedMs)} s`,
      ]),
    ),
    'The last two columns are medians from the begin of the wait.',
  ]
  return `${parts.join('\n\n')}\n`
}

function median(values: number[]): number {
  return spreadOf(values)?.median ?? 0
}
