import { Chance } from '../../harness/cluster/simulated/fuzz/chance.ts'

/** When, how and where a run is killed. */
export interface Point {
  number: number
  fault: string
  /** The moment from which the delay is counted: the fault is about to be injected, has landed, or is to be reverted. */
  since: Moment
  delayMs: number
  /** The main process alone, as the kernel does that runs out of memory, or its workers with it. */
  killed: 'main process' | 'whole group'
  /** Who undoes it: the guard, or, where the guard is killed too, the next run. */
  undoneBy: 'guard' | 'next run'
}

export type Moment = 'injecting' | 'landed' | 'reverting'

/** The scenario holds its fault for so long before it reverts it. */
export const heldMs = 4_000
/** As far as this each moment reaches: into the injection, through most of the hold, into the revert and the tear-down. */
const longestDelayMs: Record<Moment, number> = { injecting: 1_500, landed: 3_000, reverting: 1_500 }

/**
 * Draws so many points, the same for the same seed: each fault once before any comes again, and guard and next run by
 * turns.
 */
export function drawPoints(count: number, seed: number, faults: readonly string[]): Point[] {
  const chance = new Chance(`crash ${seed}`)
  let left: string[] = []
  return Array.from({ length: count }, (_, k) => {
    if (left.length === 0) left = shuffled(faults, chance)
    // Half of them while the fault is in place.
    const since = chance.oneOf('injecting', 'landed', 'landed', 'reverting')
    return {
      ...{ number: k + 1, fault: left.pop() ?? '', since },
      delayMs: chance.whole(0, longestDelayMs[since]),
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
