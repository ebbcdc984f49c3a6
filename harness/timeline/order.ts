/** Something that happened, under a name that it has in every recording of the same story. */
export interface NamedTime {
  name: string
  atMs: number
}

/** One event in both runs; absent where it was not seen. */
export interface Pair {
  name: string
  simulatedMs?: number
  realMs?: number
}

/**
 * What lies closer together than this, in milliseconds, is a race that either may win: the kubelet looks at its
 * containers once a second, and an invariant's wait or a revert is the harness's own.
 */
export const raceMs = 1_500

/** What happens again is `(2)`, in the order given. */
export function numbered<T extends NamedTime>(events: T[]): T[] {
  const counts = new Map<string, number>()
  return events.map((event) => {
    const count = (counts.get(event.name) ?? 0) + 1
    counts.set(event.name, count)
    return count === 1 ? event : { ...event, name: `${event.name} (${count})` }
  })
}

/** In the order of the real run; what only the simulated one has, last. */
export function pairsOf(ours: NamedTime[], theirs: NamedTime[]): Pair[] {
  const simulated = new Map(ours.map(({ name, atMs }) => [name, atMs]))
  const pairs: Pair[] = theirs.map(({ name, atMs: realMs }) => {
    const simulatedMs = simulated.get(name)
    simulated.delete(name)
    return { name, realMs, ...(simulatedMs !== undefined && { simulatedMs }) }
  })
  return [...pairs, ...[...simulated].map(([name, simulatedMs]) => ({ name, simulatedMs }))]
}

/** An event that comes right before the end of a recording may be seen in one run and not in the other. */
export function unpaired(events: Pair[]): string[] {
  const lastMs = (of: 'simulatedMs' | 'realMs') => Math.max(0, ...events.map((event) => event[of] ?? 0))
  const [lastSimulated, lastReal] = [lastMs('simulatedMs'), lastMs('realMs')]
  return events.flatMap(({ name, simulatedMs, realMs }) => {
    if (simulatedMs === undefined && (realMs ?? 0) < lastReal - raceMs) return [`“${name}” was not seen here`]
    if (realMs === undefined && (simulatedMs ?? 0) < lastSimulated - raceMs)
      return [`“${name}” was seen here only`]
    return []
  })
}

/**
 * What comes in another order, but for races: of the simulated run too where it is said how close there is one.
 *
 * @param areOrdered whether either of two events, by their names, waits for the other; all do unless given.
 */
export function swapped(
  events: Pair[],
  simulatedRaceMs = 0,
  areOrdered: (one: string, other: string) => boolean = () => true,
): string[] {
  const found: string[] = []
  for (const [at, first] of events.entries()) {
    for (const second of events.slice(at + 1)) {
      if (first.simulatedMs === undefined || second.simulatedMs === undefined) continue
      if (first.realMs === undefined || second.realMs === undefined) continue
      const [here, there] = [second.simulatedMs - first.simulatedMs, second.realMs - first.realMs]
      if (there <= raceMs || here >= -simulatedRaceMs || !areOrdered(first.name, second.name)) continue
      found.push(
        `“${second.name}” comes before “${first.name}” here, and ${Math.round(there)} ms after it there`,
      )
    }
  }
  return found
}
