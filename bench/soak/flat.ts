/** What is watched for growth, by its name, at one time. */
export type Sample = Readonly<Record<string, number>>

/** How much more of each there may be in the last quarter than in the first, as a share of the first and as a number. */
export interface Limit {
  share: number
  atLeast: number
}

/** How one of the things that are watched went. */
export interface Course {
  name: string
  /** The medians of the first and of the last quarter. */
  first: number
  last: number
  limit: number
  isFlat: boolean
}

/** Samples from which a quarter says anything. */
export const fewestSamples = 8

/**
 * Whether each of the things sampled stayed flat: the median of its last quarter is above that of its first by no more
 * than its limit. A median, for one sample may be taken in the midst of anything.
 */
export function coursesOf(samples: readonly Sample[], limits: Readonly<Record<string, Limit>>): Course[] {
  if (samples.length < fewestSamples) return []
  const quarter = Math.floor(samples.length / 4)
  return Object.entries(limits).map(([name, { share, atLeast }]) => {
    const values = samples.map((sample) => sample[name] ?? Number.NaN)
    const first = medianOf(values.slice(0, quarter))
    const last = medianOf(values.slice(-quarter))
    const limit = Math.max(first * share, atLeast)
    return { name, first, last, limit, isFlat: last - first <= limit }
  })
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const [low = Number.NaN, high = Number.NaN] = [sorted[half - 1], sorted[half]]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}
