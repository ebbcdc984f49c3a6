import { expect, test } from 'vitest'
import { type Played, play } from './fuzz/play.ts'

// FUZZ_RUNS=20000 plays more of them; FUZZ_SEED=33,34 plays these alone. The default takes seconds.
const runs = Number(process.env.FUZZ_RUNS ?? 500)
const only = process.env.FUZZ_SEED
/** So many runs are one test. */
const perTest = 250

/** Of those whose promises were broken, the first few: how to play them again, what broke, and what had happened. */
function flawsOf(seeds: readonly string[], plays: (seed: string) => Played): string[] {
  const flaws: string[] = []
  for (const seed of seeds) {
    let { acts, broken }: Pick<Played, 'acts' | 'broken'> = { acts: [], broken: [] }
    try {
      ;({ acts, broken } = plays(seed))
    } catch (error) {
      broken = [error instanceof Error ? (error.stack ?? error.message) : String(error)]
    }
    if (broken.length > 0) flaws.push([`FUZZ_SEED=${seed}`, ...broken, ...acts].join('\n'))
    if (flaws.length === 3) break
  }
  return flaws
}

const seeds = only === undefined ? Array.from({ length: runs }, (_, seed) => String(seed)) : only.split(',')
const groups = Array.from({ length: Math.ceil(seeds.length / perTest) }, (_, at) =>
  seeds.slice(at * perTest, (at + 1) * perTest),
)

test.each(groups.map((group) => [group[0], group.at(-1), group] as const))(
  'whatever happens to a cluster, Kubernetes keeps its promises: seeds %s to %s',
  (_first, _last, group) => {
    expect(flawsOf(group, play)).toEqual([])
  },
  120_000,
)

test('the same seed plays the same', () => {
  for (const seed of ['a', 'b', 'c']) expect(play(seed)).toEqual(play(seed))
})
