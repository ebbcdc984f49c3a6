import type { KubeObject } from './kube.ts'

/** An act that somebody has to undo. */
export interface JournalledAct {
  /** The fault, or what else is done, as `cordonNode`. */
  does: string
  /** To what, as `Node/worker`. */
  target: string
  /** What is to be made anew, as it was before. */
  object?: KubeObject
}

/** Where acts are written down before they are done, so that whoever comes after a crash can undo them. */
export interface ActJournal {
  /** Writes an act down: only then may it be done. Gives what strikes it out, once it is undone. */
  begin(act: JournalledAct): Promise<() => Promise<void>>
}

/** For a cluster that ends with its process. */
export const noJournal: ActJournal = { begin: async () => async () => undefined }
