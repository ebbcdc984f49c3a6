import { join, resolve } from 'node:path'
import { z } from 'zod'
import { cacheFolder } from '../cluster/cache.ts'
import { readOwn } from '../cluster/read-own.ts'
import { writeWhole } from '../cluster/write-whole.ts'
import type { ScenarioResult } from '../model/result.ts'

/** How long scenario files took when they were last played: milliseconds, by their absolute paths. */
export type Durations = Record<string, number>

const schema = z.record(z.string(), z.number())
/** So many files are remembered, the last ones. */
const mostFiles = 2_000

function path(): string {
  return join(cacheFolder(process.env), 'durations.json')
}

/** What is remembered; nothing where that cannot be read: it only orders files. */
export async function readDurations(): Promise<Durations> {
  try {
    return schema.parse(JSON.parse(await readOwn(path())))
  } catch {
    return {}
  }
}

/** Remembers how long the files of these scenarios took, virtual time included. What cannot be written is forgotten. */
export async function rememberDurations(scenarios: ScenarioResult[]): Promise<void> {
  const played = scenarios.filter(({ verdict }) => verdict !== 'skipped')
  const files = Map.groupBy(played, ({ file }) => resolve(file))
  const took = [...files].map(([file, some]): [string, number] => [
    file,
    some.reduce((ms, { durationMs }) => ms + durationMs, 0),
  ])
  const before = Object.entries(await readDurations()).filter(([file]) => !files.has(file))
  try {
    await writeWhole(path(), JSON.stringify(Object.fromEntries([...before, ...took].slice(-mostFiles))))
  } catch {
    // The next run is only a little slower.
  }
}

/** The longest first, so that none is begun when all others are over; what was never played may be the longest of all. */
export function longestFirst<T extends { moduleId: string }>(files: T[], durations: Durations): T[] {
  const tookMs = ({ moduleId }: T) => durations[moduleId] ?? Number.MAX_VALUE
  return files.toSorted((one, other) => tookMs(other) - tookMs(one))
}
