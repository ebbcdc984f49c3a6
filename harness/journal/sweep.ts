import { rm } from 'node:fs/promises'
import { deleteKindCluster, listKindClusters } from '../cluster/kind/lifecycle.ts'
import { explain } from '../model/errors.ts'
import { closeEntry, kubeconfigPath, openEntries } from './journal.ts'
import { isAlive } from './owner.ts'

/** A cluster that no entry tells of may be a live run's of another user; past this age no run is. */
export const strangerAgeMs = 3 * 3_600_000

export interface Swept {
  /** What was undone, a sentence each. */
  undone: string[]
  /** What was spared, and why. */
  spared: string[]
  /** What could not be undone, and why. */
  left: string[]
}

/** Deletes the clusters that dead runs left. Spares those of live runs and, without `kept`, those left for reuse. */
export async function sweep(kindPath: string, options: { kept?: boolean; nowMs: number }): Promise<Swept> {
  const swept: Swept = { undone: [], spared: [], left: [] }
  const remove = async (name: string, kubeconfig: string, why: string) => {
    try {
      await deleteKindCluster(name, kubeconfig, kindPath)
      await closeEntry(name)
      swept.undone.push(`deleted kind cluster ${name}, ${why}`)
    } catch (error) {
      swept.left.push(`kind cluster ${name}: ${explain(error)}`)
    }
  }

  const entries = await openEntries()
  const found = await listKindClusters()
  for (const entry of entries) {
    const { cluster, kubeconfig } = entry
    if (await isAlive(entry.owner)) {
      swept.spared.push(`${cluster}: its run is alive (process ${entry.owner.pid})`)
    } else if (!found.some(({ name }) => name === cluster)) {
      await closeEntry(cluster)
      await rm(kubeconfig, { force: true })
    } else if (entry.kept && !options.kept) {
      swept.spared.push(`${cluster}: kept for reuse (\`rolypoly sweep --kept\` deletes it)`)
    } else {
      await remove(cluster, kubeconfig, entry.kept ? 'which was kept' : 'whose run is dead')
    }
  }
  for (const { name, createdMs } of found) {
    if (entries.some(({ cluster }) => cluster === name)) continue
    if (options.nowMs - createdMs > strangerAgeMs)
      await remove(name, kubeconfigPath(name), 'older than any run')
    else
      swept.spared.push(
        `${name}: no record of its run here; it may be another user's (swept once it is three hours old)`,
      )
  }
  return swept
}
