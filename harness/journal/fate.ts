import type { FoundCluster } from '../cluster/kind/lifecycle.ts'
import type { JournalEntry } from './journal.ts'
import type { Holder } from './leases.ts'

/** A cluster that neither an entry nor a Lease tells of may be a live run's of another user; past this age no run lives. */
export const strangerAgeMs = 3 * 3_600_000

/** What a sweep has to do with a kind cluster of rolypoly's. */
export type Fate =
  | 'of a live run'
  /** Somebody undoes what a dead run has left in it. */
  | 'being mended'
  | 'kept for reuse'
  /** Its run died in it, and it was to be kept. */
  | 'to be mended'
  | 'dead'
  /** Only its entry is left. */
  | 'gone'
  | "perhaps another user's"
  /** Its API server does not answer, which a live run may be the cause of. */
  | 'out of reach'

/** What the journal, the Docker engine and its Lease say of a cluster: one of the first two at least knows it. */
export interface Known {
  name: string
  entry?: JournalEntry
  /** Whether the entry's owner is a process that lives, for all that is known. */
  isOwned: boolean
  found?: FoundCluster
  /** Who holds its Lease, where there is no entry. */
  holder?: Holder
}

export function fateOf({ entry, isOwned, found, holder = 'nobody known' }: Known, nowMs: number): Fate {
  if (!entry) {
    if (holder === 'a dead run') return 'dead'
    if (holder === 'whoever kept it') return 'kept for reuse'
    if (holder === 'unknown') return 'out of reach'
    if (holder !== 'nobody known') return 'of a live run'
    return found && nowMs - found.createdMs > strangerAgeMs ? 'dead' : "perhaps another user's"
  }
  if (isOwned) return entry.mending ? 'being mended' : 'of a live run'
  if (!found) return 'gone'
  if (!entry.kept) return 'dead'
  return entry.owner === null ? 'kept for reuse' : 'to be mended'
}
