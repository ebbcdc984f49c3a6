import { listKindClusters } from '../cluster/kind/lifecycle.ts'
import { leaseOf } from './cluster-lease.ts'
import type { Known } from './fate.ts'
import { openEntries } from './journal.ts'
import { type Holder, holderOf } from './leases.ts'
import { isOwned } from './owner.ts'

/** Every kind cluster of rolypoly's that the journal tells of, or the Docker engine has. */
export async function knownClusters(): Promise<Known[]> {
  // What is made meanwhile has its entry first, and is no stranger.
  const found = await listKindClusters()
  const entries = await openEntries()
  const names = new Set([...entries.map(({ cluster }) => cluster), ...found.map(({ name }) => name)])
  const known = [...names].map(async (name): Promise<Known> => {
    const entry = entries.find(({ cluster }) => cluster === name)
    const there = found.find((one) => one.name === name)
    return {
      ...{ name, isOwned: entry !== undefined && (await isOwned(entry.owner)) },
      ...(entry && { entry }),
      ...(there && { found: there }),
    }
  })
  return Promise.all(known)
}

/**
 * The same cluster with the word of its Lease, where no journal here tells of it.
 *
 * @param forMs is how long one that has run out is looked at, 25 s unless given: enough to act upon.
 */
export async function withHolder(known: Known, forMs?: number): Promise<Known> {
  if (known.entry || !known.found) return known
  if (!known.found.hasControlPlane) return { ...known, holder: 'nobody known' }
  const holder = holderOf(() => leaseOf(known.name), undefined, forMs)
  return { ...known, holder: await holder.catch((): Holder => 'unknown') }
}
