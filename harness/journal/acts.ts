import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ActJournal } from '../cluster/act-journal.ts'
import type { KubeObject } from '../cluster/kube.ts'
import { writeWhole } from '../cluster/write-whole.ts'
import { actsFolder } from './journal.ts'
import { readOpen } from './read-open.ts'

const actSchema = z.object({
  does: z.string(),
  target: z.string(),
  run: z.string(),
  since: z.string(),
  object: z.custom<KubeObject>((value) => typeof value === 'object' && value !== null).optional(),
})

/** An act in a cluster that somebody has to undo, as it was written down before it was done. */
export type WrittenAct = z.infer<typeof actSchema>

/** The journal of a run's acts in a kind cluster: a file for each, for each is written by the process that does it. */
export function actJournal(cluster: string, run: string): ActJournal {
  return {
    async begin(act) {
      const path = join(actsFolder(cluster), `${randomUUID()}.json`)
      const written: WrittenAct = { ...act, run, since: new Date().toISOString() }
      await writeWhole(path, JSON.stringify(written))
      return () => rm(path, { force: true })
    },
  }
}

/** What is open in a cluster, the latest first, as it is to be undone. What cannot be read is passed over: the cluster shows it too. */
export async function openActs(cluster: string): Promise<WrittenAct[]> {
  const acts = await readOpen(actsFolder(cluster), actSchema)
  return acts.toSorted((one, other) => (one.since < other.since ? 1 : -1))
}

/** Closes them all: what they did is undone. */
export async function closeActs(cluster: string): Promise<void> {
  await rm(actsFolder(cluster), { recursive: true, force: true })
}
