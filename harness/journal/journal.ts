import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { cacheFolder, makeCacheFolder } from '../cluster/cache.ts'
import { withFileLock } from '../cluster/file-lock.ts'
import { clusterPrefix } from '../cluster/kind/lifecycle.ts'
import { writeWhole } from '../cluster/write-whole.ts'
import { ownerSchema } from './owner.ts'
import { readOpen } from './read-open.ts'

/** What an entry names is deleted some day: nothing that rolypoly could not have made. */
const clusterName = new RegExp(`^${clusterPrefix}[a-z0-9-]+$`)

const entryShape = z.object({
  /** The kind cluster's name. */
  cluster: z.string().regex(clusterName),
  /** Beside the entry. */
  kubeconfig: z.string(),
  image: z.string(),
  nodes: z.int().positive(),
  /** Left for a later run to reuse. */
  kept: z.boolean(),
  /** Null where it is kept, well, and nobody's. */
  owner: ownerSchema.nullable(),
  /** Its owner undoes what a dead run has left in it. */
  mending: z.boolean().optional(),
  since: z.string(),
})

const entrySchema = entryShape.refine(({ cluster, kubeconfig }) => kubeconfig === kubeconfigPath(cluster))

/** One cluster that a run of this user's on this machine has made, or is about to. */
export type JournalEntry = z.infer<typeof entrySchema>

/** Where the journal of this user's clusters on this machine is. */
export function clustersFolder(): string {
  return join(cacheFolder(process.env), 'clusters')
}

export function kubeconfigPath(cluster: string): string {
  return join(clustersFolder(), `${cluster}.kubeconfig`)
}

/**
 * Writes an entry, before the act that it tells of.
 *
 * @throws EnvironmentError where the journal cannot be written: then nothing may be done.
 */
export async function writeEntry(entry: JournalEntry): Promise<void> {
  await makeClustersFolder()
  await writeWhole(join(clustersFolder(), `${entry.cluster}.json`), `${JSON.stringify(entry, null, 2)}\n`)
}

/** The folder of the acts in a cluster. */
export function actsFolder(cluster: string): string {
  return join(clustersFolder(), `${cluster}.acts`)
}

/** Closes an entry, and every act in its cluster with it: the cluster is gone. */
export async function closeEntry(cluster: string): Promise<void> {
  await rm(actsFolder(cluster), { recursive: true, force: true })
  await rm(join(clustersFolder(), `${cluster}.json`), { force: true })
}

/** Every open entry. One that cannot be read is passed over: the cluster's name on the engine still tells of it. */
export function openEntries(): Promise<JournalEntry[]> {
  return readOpen(clustersFolder(), entrySchema)
}

/** Does the work while no other process of this user's changes who owns which cluster. */
export async function withJournal<T>(work: () => Promise<T>): Promise<T> {
  await makeClustersFolder()
  return withFileLock(join(clustersFolder(), 'lock'), work)
}

function makeClustersFolder(): Promise<void> {
  return makeCacheFolder(clustersFolder(), 'the journal of clusters')
}
