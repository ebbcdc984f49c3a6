import fc from 'fast-check'

/** So many cases for each property: FUZZ_RUNS of them, 500 unless given. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 500)
/** FUZZ_SEED=-1234 plays the cases of that seed again; a property that fails prints its own. */
const seed = Number(process.env.FUZZ_SEED || Number.NaN)

/** Less than a test may take: on a busy machine fewer cases are played, and a case that breaks is made less small. */
const withinMs = 20_000

/**
 * Plays a property with many random cases, and tells the smallest that breaks it, with the seed that it came of. The same
 * cases in every run, so that a build fails for what was changed: FUZZ_SEED asks for others.
 *
 * @param share of the cases that a property has, where each takes long
 */
export function fuzz<T>(property: fc.IProperty<T>, share = 1): void {
  fc.assert(property, parameters(share))
}

/** As {@link fuzz}, of what takes a while to come true. */
export function fuzzAsync<T>(property: fc.IAsyncProperty<T>, share = 1): Promise<void> {
  return fc.assert(property, parameters(share))
}

function parameters(share: number) {
  return {
    numRuns: Math.max(20, Math.round(numRuns * share)),
    seed: Number.isNaN(seed) ? 7 : seed,
    interruptAfterTimeLimit: withinMs,
  }
}

/** What programs print, and what is nearly that: parts of it cut out, doubled, or with anything put between. */
export function mangled(...lines: readonly string[]): fc.Arbitrary<string> {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      '',
      '\0',
      '"',
      '\\',
      '\n',
      '{',
      ']',
      '-1',
      '9'.repeat(400),
      '1e999',
      'NaN',
      '__proto__',
      '\ud800',
    ),
  )
  const one = fc
    .tuple(fc.constantFrom(...lines), fc.nat(400), fc.nat(60), anything)
    .map(([line, at, cut, put]) => {
      const from = at % (line.length + 1)
      return line.slice(0, from) + put + line.slice(from + cut)
    })
  return fc.oneof(fc.constantFrom(...lines), one, one, fc.string({ unit: 'binary' }))
}
