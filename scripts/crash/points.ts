import { Chance } from '../../harness/cluster/simulated/fuzz/chance.ts'

/** When, how and where a run is killed. */
export interface Point {
  number: number
  fault: string
  /** The moment from which the delay is counted: the fault is about to be injected, or has landed. */
  since: 'injecting' | 'landed'
  delayMs: number
  /** The main process alone, as the kernel does that runs out of memory, or its workers with it. */
  killed: 'main process' | 'whole group'
  /** Who undoes it: the guard, or, where the guard is killed too, the next run. */
  undoneBy: 'guard' | 'next run'
}

/** The scenario reverts what it injected after four seconds: so this reaches into its revert and its tear-down. */
const longestDelayMs = 5_000

/**
 * Draws so many points, the same for the same seed: each fault once before any comes again, and guard and next run by
 * turns.
 */
export function drawPoints(count: number, seed: number, faults: readonly string[]): Point[] {
  const chance = new Chance(`crash ${seed}`)
  let left: string[] = []
  return Array.from({ length: count }, (_, k) => {
    if (left.length === 0) left = shuffled(faults, chance)
    return {
      number: k + 1,
      fault: left.pop() ?? '',
      since: chance.oneOf('injecting', 'landed'),
      delayMs: chance.whole(0, longestDelayMs),
      killed: chance.oneOf('main process', 'whole group'),
      undoneBy: k % 2 === 0 ? 'guard' : 'next run',
    }
  })
}

function shuffled(names: readonly string[], chance: Chance): string[] {
  return names
    .map((name) => ({ name, at: chance.next() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ name }) => name)
}
