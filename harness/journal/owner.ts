import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { z } from 'zod'
import { tryRun } from '../cluster/process.ts'

/** The process that a thing belongs to. Its start tells it from a later process of the same number. */
export const ownerSchema = z.object({ host: z.string(), pid: z.number().int(), started: z.string() })

export type Owner = z.infer<typeof ownerSchema>

export async function thisProcess(): Promise<Owner> {
  return { host: hostname(), pid: process.pid, started: (await startOf(process.pid)) ?? '' }
}

/** Whether it belongs to somebody who is not known to be gone. */
export async function isOwned(owner: Owner | null): Promise<boolean> {
  return owner !== null && (await isAlive(owner))
}

/** False where the process is known to be gone. One of another machine may be alive. */
export async function isAlive(owner: Owner): Promise<boolean> {
  if (owner.host !== hostname()) return true
  return (await startOf(owner.pid)) === owner.started
}

async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    const outcome = await tryRun('ps', ['-o', 'lstart=', '-p', String(pid)])
    return outcome.ok ? outcome.stdout.trim() : undefined
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The command's name, in brackets, may hold spaces; the start is the 20th field after it (proc(5)).
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}
