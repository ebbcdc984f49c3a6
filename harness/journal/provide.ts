import { randomBytes } from 'node:crypto'
import {
  clusterPrefix,
  createKindCluster,
  deleteKindCluster,
  listKindClusters,
} from '../cluster/kind/lifecycle.ts'
import { reviveNodes } from '../cluster/kind/power.ts'
import {
  closeEntry,
  type JournalEntry,
  kubeconfigPath,
  openEntries,
  withJournal,
  writeEntry,
} from './journal.ts'
import { isAlive, thisProcess } from './owner.ts'

export interface ProvideOptions {
  nodes: number
  image: string
  kindPath: string
  /** Reuse a kept cluster of the same image and size where one is free, and leave it afterwards. */
  keep: boolean
  signal?: AbortSignal
}

/** A kind cluster that belongs to this process until it is released. */
export interface OwnedCluster {
  name: string
  kubeconfig: string
  reused: boolean
  /** Deletes it, or leaves it for reuse. */
  release(): Promise<void>
  /** Deletes it, though it was to be kept. */
  discard(): Promise<void>
}

/** Takes over a kept kind cluster, or makes one; either way the journal says whose it is before it is touched. */
export async function provideKindCluster(options: ProvideOptions): Promise<OwnedCluster> {
  const kept = options.keep ? await takeKept(options) : undefined
  const entry = kept ?? (await newEntry(options))
  const { cluster: name, kubeconfig } = entry
  // What cannot be brought back is found not healthy by whoever reuses it.
  if (kept) await reviveNodes(name).catch(() => undefined)
  else {
    try {
      await createKindCluster({ ...options, name, kubeconfig })
    } catch (error) {
      await closeEntry(name)
      throw error
    }
  }
  const discard = async () => {
    await deleteKindCluster(name, kubeconfig, options.kindPath)
    await closeEntry(name)
  }
  const release = async () => {
    if (options.keep) return writeEntry({ ...entry, owner: { ...entry.owner, pid: 0, started: 'released' } })
    await discard()
  }
  return { name, kubeconfig, reused: kept !== undefined, release, discard }
}

function takeKept({ image, nodes }: ProvideOptions): Promise<JournalEntry | undefined> {
  return withJournal(async () => {
    const found = await listKindClusters()
    for (const entry of await openEntries()) {
      const fits = entry.kept && entry.image === image && entry.nodes === nodes
      if (!fits || !found.some(({ name }) => name === entry.cluster) || (await isAlive(entry.owner))) continue
      const mine = { ...entry, owner: await thisProcess() }
      await writeEntry(mine)
      return mine
    }
    return undefined
  })
}

async function newEntry({ image, nodes, keep }: ProvideOptions): Promise<JournalEntry> {
  const cluster = `${clusterPrefix}${randomBytes(4).toString('hex')}`
  const entry: JournalEntry = {
    cluster,
    kubeconfig: kubeconfigPath(cluster),
    image,
    nodes,
    kept: keep,
    owner: await thisProcess(),
    since: new Date().toISOString(),
  }
  await writeEntry(entry)
  return entry
}
