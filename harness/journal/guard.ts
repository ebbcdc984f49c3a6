import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startDetached } from '../cluster/process.ts'
import { clustersFolder } from './journal.ts'
import { thisProcess } from './owner.ts'

/** A process that outlives this one, and undoes what this one leaves. */
export interface Guard {
  /** Nothing is left to be undone. */
  dismiss(): void
}

/** What the last guard that had something to do has undone, for it has nobody to tell it to. */
export function guardLog(): string {
  return join(clustersFolder(), 'last-guard.log')
}

/** What a guard reads before the end of its input where it has nothing to do. */
export const dismissal = 'done'

/** Beside this file, and TypeScript or JavaScript as it is. */
const guardFile = fileURLToPath(new URL(`./guard-main${extname(import.meta.url)}`, import.meta.url))

/**
 * Starts a guard over this process, in a process group of its own, so that no Ctrl-C meets it: its standard input ends
 * with this process, however that dies, and then it sweeps at once. Where it dies too, the next run's sweep is left.
 */
export async function startGuard(kindPath: string): Promise<Guard> {
  const { pid, started } = await thisProcess()
  const input = startDetached(process.execPath, [guardFile, String(pid), started, kindPath])
  return { dismiss: () => void input.end(dismissal) }
}
