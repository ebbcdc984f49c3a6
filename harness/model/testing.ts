import fc from 'fast-check'

/** So many cases for each property: FUZZ_RUNS of them, 500 unless given. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 500)
/** FUZZ_SEED=-1234 plays the cases of that seed again; a property that fails prints its own. */
const seed = Number(process.env.FUZZ_SEED ?? '')

/**
 * Plays a property with many random cases, and tells the smallest that breaks it, with the seed that it came of. The same
 * cases in every run, so that a build fails for what was changed: FUZZ_SEED asks for others.
 */
export function fuzz<T>(
  property: fc.IPropertyWithHooks<T> | fc.IAsyncProperty<T>,
  share = 1,
): void | Promise<void> {
  return fc.assert(property as fc.IRawProperty<T>, {
    numRuns: Math.max(20, Math.round(numRuns * share)),
    seed: Number.isNaN(seed) || process.env.FUZZ_SEED === undefined ? 7 : seed,
  }) as void | Promise<void>
}
