import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../../harness/model/errors.ts'
import { readResult } from '../../reports/write.ts'
import type { Kind, Repetition } from './statistics.ts'

/** A run that is to be made: the n-th, in a folder of its own. */
export interface Planned {
  name: string
  kind: Kind
}

/** So many runs; with `busyHalf` every second one is a busy one, so that both kinds meet the same drift. */
export function planOf(times: number, busyHalf: boolean): Planned[] {
  return Array.from({ length: times }, (_, n) => {
    const kind = busyHalf && n % 2 === 1 ? 'busy' : 'quiet'
    return { name: `${String(n + 1).padStart(2, '0')}-${kind}`, kind }
  })
}

/** The name of the folder that a run is written into before it is whole. */
export function partOf(name: string): string {
  return `${name}.part`
}

const circumstances = z.object({
  /** What of the run's command was not the same for all. */
  filters: z.array(z.string()),
  /** The commit that was run, where git tells. */
  commit: z.string().optional(),
  cores: z.number().int(),
  /** Before the run: how long it was waited for calm, and what the load was then. */
  waitedMs: z.number(),
  pressureBefore: z.number().optional(),
  load1Before: z.number(),
  /** The share of the run in which some task waited for a CPU, 0 to 1. */
  cpuWaiting: z.number().optional(),
})

/** What a run was made under. */
export type Circumstances = z.infer<typeof circumstances>

const circumstancesFile = 'repetition.json'

export async function writeCircumstances(folder: string, told: Circumstances): Promise<void> {
  await writeFile(join(folder, circumstancesFile), `${JSON.stringify(told, null, 2)}\n`)
}

/** A run that has been made. */
export interface Finished extends Repetition {
  /** Absent where the run was made by another program. */
  under?: Circumstances
}

/**
 * The whole runs in a folder, by name. A run's folder is named by its number and its kind; one without a kind is a
 * quiet one.
 *
 * @throws UsageError where the folder is not there, holds no run, or holds one that cannot be read.
 */
export async function readRuns(folder: string): Promise<Finished[]> {
  const found = (await namesIn(folder)).flatMap((name) => {
    const [, number, kind = 'quiet'] = /^(\d+)(?:-(quiet|busy))?$/.exec(name) ?? []
    return number === undefined
      ? []
      : [{ name, number: Number(number), kind: kind === 'busy' ? ('busy' as const) : ('quiet' as const) }]
  })
  if (found.length === 0) throw new UsageError(`${folder}: holds no run, as 01-quiet would be`)
  return Promise.all(
    found
      .toSorted((a, b) => a.number - b.number)
      .map(async ({ name, kind }) => {
        const under = await readCircumstances(join(folder, name))
        return { name, kind, result: await readResult(join(folder, name)), ...(under && { under }) }
      }),
  )
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  } catch (cause) {
    throw new UsageError(`${folder}: is no folder that can be read`, { cause })
  }
}

async function readCircumstances(folder: string): Promise<Circumstances | undefined> {
  const path = join(folder, circumstancesFile)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return circumstances.parse(JSON.parse(text))
  } catch (cause) {
    throw new UsageError(`${path}: is not what scripts/repeat.ts wrote there`, { cause })
  }
}
