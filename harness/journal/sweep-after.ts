import { setTimeout as sleep } from 'node:timers/promises'
import { deleteKindCluster, listKindClusters } from '../cluster/kind/lifecycle.ts'
import { kubeconfigPath, openEntries } from './journal.ts'
import { isAlive, type Owner } from './owner.ts'
import { type Swept, sweep } from './sweep.ts'

/** A process whose pipes are closed is gone in moments. */
const goneWithin = { looks: 100, everyMs: 100 }
/** `kind create` may have been at work, and goes on by itself for a moment. */
const comesBackWithin = { looks: 10, everyMs: 2_000 }

/** Sweeps once this process is gone, and whatever of its clusters comes into being after that. */
export async function sweepAfter(owner: Owner, kindPath: string): Promise<Swept> {
  for (let look = 0; look < goneWithin.looks && (await isAlive(owner)); look++)
    await sleep(goneWithin.everyMs)
  const entries = await openEntries()
  const own = entries.filter((entry) => isSame(entry.owner, owner))
  const swept = await sweep(kindPath, { nowMs: Date.now() })
  // One that was to be kept, and is well, stays: its entry is open.
  const open = new Set((await openEntries()).map(({ cluster }) => cluster))
  const its = own.filter(({ kept, cluster }) => !kept || !open.has(cluster)).map(({ cluster }) => cluster)
  for (let look = 0; look < comesBackWithin.looks && its.length > 0; look++) {
    const found = await listKindClusters()
    for (const { name } of found.filter((cluster) => its.includes(cluster.name))) {
      try {
        await deleteKindCluster(name, kubeconfigPath(name), kindPath)
        swept.undone.push(`deleted kind cluster ${name}, which its dead run was still making`)
      } catch {
        // It is looked for again; whoever deletes it first is as good as the other.
      }
    }
    await sleep(comesBackWithin.everyMs)
  }
  return swept
}

function isSame(one: Owner | null, other: Owner): boolean {
  return one !== null && one.host === other.host && one.pid === other.pid && one.started === other.started
}
