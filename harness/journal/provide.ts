import { randomBytes } from 'node:crypto'
import { realClock } from '../cluster/clock.ts'
import {
  clusterPrefix,
  createKindCluster,
  deleteKindCluster,
  listKindClusters,
} from '../cluster/kind/lifecycle.ts'
import { openActs } from './acts.ts'
import {
  closeEntry,
  type JournalEntry,
  kubeconfigPath,
  openEntries,
  withJournal,
  writeEntry,
} from './journal.ts'
import { mend } from './mend.ts'
import { isOwned, thisProcess } from './owner.ts'

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
  /** Deletes it, or leaves it for reuse, with nothing left in it that was to be undone. */
  release(): Promise<void>
  /** Deletes it, though it was to be kept. */
  discard(): Promise<void>
}

/** Takes over a kept kind cluster, or makes one; either way the journal says whose it is before it is touched. */
export async function provideKindCluster(options: ProvideOptions): Promise<OwnedCluster> {
  const kept = options.keep ? await takeKept(options) : undefined
  const entry = kept ?? (await newEntry(options))
  const { cluster: name, kubeconfig } = entry
  if (!kept) {
    try {
      await createKindCluster({ ...options, name, kubeconfig })
    } catch (error) {
      // What could not be deleted is left to the sweep.
      const isLeft = await listKindClusters().then(
        (found) => found.some((one) => one.name === name),
        () => true,
      )
      if (!isLeft) await closeEntry(name)
      throw error
    }
  }
  const discard = async () => {
    await deleteKindCluster(name, kubeconfig, options.kindPath)
    await closeEntry(name)
  }
  const release = async () => {
    if (!options.keep) return discard()
    // What a scenario could not undo is tried once more.
    if ((await openActs(name)).length > 0) await mend(entry, options.kindPath)
    await writeEntry({ ...entry, owner: null })
  }
  return { name, kubeconfig, reused: kept !== undefined, release, discard }
}

const mendsWithinMs = 600_000
const lookAgainMs = 500

/** A fitting one that is nobody's; one that is being mended is waited for, so that no second one is made for want of it. */
async function takeKept(options: ProvideOptions): Promise<JournalEntry | undefined> {
  const untilMs = realClock.now() + mendsWithinMs
  for (;;) {
    const taken = await tryToTake(options)
    if (taken !== 'being mended') return taken
    if (realClock.now() > untilMs) return undefined
    await realClock.sleep(lookAgainMs, options.signal)
  }
}

function tryToTake({ image, nodes }: ProvideOptions): Promise<JournalEntry | 'being mended' | undefined> {
  return withJournal(async () => {
    const found = await listKindClusters()
    const entries = await openEntries()
    const fitting = entries.filter(
      (entry) =>
        entry.kept &&
        entry.image === image &&
        entry.nodes === nodes &&
        found.some(({ name }) => name === entry.cluster),
    )
    for (const entry of fitting) {
      if (await isOwned(entry.owner)) continue
      const mine = { ...entry, owner: await thisProcess(), mending: false }
      await writeEntry(mine)
      return mine
    }
    return fitting.some(({ mending }) => mending) ? 'being mended' : undefined
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
