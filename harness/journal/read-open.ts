import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { readOwn } from '../cluster/read-own.ts'

/** What the JSON files of a folder hold, by a schema; what cannot be read is passed over, and takes no other with it. */
export async function readOpen<T>(folder: string, schema: z.ZodType<T>): Promise<T[]> {
  const names = await readdir(folder).catch(() => [])
  const read = names
    .filter((name) => name.endsWith('.json'))
    .map(async (name) => {
      try {
        return [schema.parse(JSON.parse(await readOwn(join(folder, name))))]
      } catch {
        return []
      }
    })
  return (await Promise.all(read)).flat()
}
