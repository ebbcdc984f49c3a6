/**
 * The value that so large a share of these do not exceed, by nearest rank.
 *
 * @param sorted ascending
 * @param share from 0 to 1
 */
export function percentile(sorted: number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
