import { rm } from 'node:fs/promises'
import { deleteKindCluster, listKindClusters } from '../cluster/kind/lifecycle.ts'
import { explain } from '../model/errors.ts'
import { fateOf, type Known } from './fate.ts'
import {
  closeEntry,
  type JournalEntry,
  kubeconfigPath,
  openEntries,
  withJournal,
  writeEntry,
} from './journal.ts'
import { knownClusters, withHolder } from './known.ts'
import { mend } from './mend.ts'
import { isOwned, thisProcess } from './owner.ts'

export interface Swept {
  /** What was undone, a sentence each. */
  undone: string[]
  /** What was spared, and why. */
  spared: string[]
  /** What could not be undone, and why. */
  left: string[]
}

export interface SweepOptions {
  /** Also the clusters that were left for reuse. */
  kept?: boolean
  nowMs: number
}

/**
 * Undoes what dead runs left: deletes their clusters, and mends those that were to be kept. Spares the clusters of live
 * runs and, without `kept`, those left for reuse.
 */
export async function sweep(kindPath: string, options: SweepOptions): Promise<Swept> {
  const swept: Swept = { undone: [], spared: [], left: [] }
  const known = await knownClusters()
  await Promise.all(known.map((cluster) => sweepOne(cluster, kindPath, options, swept)))
  return swept
}

async function sweepOne(known: Known, kindPath: string, options: SweepOptions, swept: Swept): Promise<void> {
  const { name, entry } = known
  const { kept = false, nowMs } = options
  const remove = async (why: string) => {
    try {
      await deleteKindCluster(name, entry?.kubeconfig ?? kubeconfigPath(name), kindPath)
      await closeEntry(name)
      swept.undone.push(`deleted kind cluster ${name}, ${why}`)
    } catch (error) {
      swept.left.push(`kind cluster ${name}: ${explain(error)}`)
    }
  }
  const spare = (why: string) => swept.spared.push(`${name}: ${why}`)
  if (!entry) return sweepStranger(await withHolder(known), nowMs, remove, spare)
  switch (fateOf(known, nowMs)) {
    case 'of a live run':
      return void spare(`its run is alive (process ${entry.owner?.pid})`)
    case 'being mended':
      return void spare(`is being mended (process ${entry.owner?.pid})`)
    case 'gone':
      await closeEntry(name)
      return rm(kubeconfigPath(name), { force: true })
    case 'dead':
      return remove('whose run is dead')
    case 'kept for reuse':
      return kept
        ? remove('which was kept')
        : void spare('kept for reuse (`rolypoly sweep --kept` deletes it)')
    case 'to be mended':
      return kept ? remove('which was kept') : mendOrRemove(entry, kindPath, swept, remove)
  }
}

/** One that no journal here tells of: its Lease does, and else its age. */
async function sweepStranger(
  known: Known,
  nowMs: number,
  remove: (why: string) => Promise<void>,
  spare: (why: string) => void,
): Promise<void> {
  const { name, holder } = known
  const fate = fateOf(known, nowMs)
  if (fate === 'dead')
    return remove(holder === 'a dead run' ? 'whose run is dead, by its Lease' : 'older than any run')
  // Another sweep may have been quicker.
  if (!(await listKindClusters()).some((found) => found.name === name)) return
  const whose = 'no record of its run here'
  const byHand = `if it is nobody's: \`kind delete cluster --name ${name}\``
  if (fate === 'of a live run') return spare(`${whose}, which is alive by its Lease`)
  if (fate === 'kept for reuse') return spare(`${whose}; by its Lease it was kept for reuse (${byHand})`)
  if (fate === 'out of reach') return spare(`${whose}, and its API server does not answer (${byHand})`)
  spare(`${whose}; it may be another user's (swept once it is three hours old)`)
}

/** A kept cluster whose run died in it: what cannot be mended is of no use to anyone. */
async function mendOrRemove(
  entry: JournalEntry,
  kindPath: string,
  swept: Swept,
  remove: (why: string) => Promise<void>,
): Promise<void> {
  const { cluster } = entry
  if (!(await takeToMend(entry))) {
    swept.spared.push(`${cluster}: another process has just begun to mend it`)
    return
  }
  try {
    const undone = await mend(entry, kindPath)
    await writeEntry({ ...entry, owner: null })
    swept.undone.push(...undone.map((sentence) => `${cluster}: ${sentence}`))
    swept.undone.push(`${cluster}: is well again, and free for reuse; its run died in it`)
  } catch (error) {
    await remove(`which could not be mended: ${error instanceof Error ? error.message : error}`)
  }
}

function takeToMend({ cluster }: JournalEntry): Promise<boolean> {
  return withJournal(async () => {
    const now = (await openEntries()).find((entry) => entry.cluster === cluster)
    if (!now?.owner || (await isOwned(now.owner))) return false
    await writeEntry({ ...now, owner: await thisProcess(), mending: true })
    return true
  })
}
