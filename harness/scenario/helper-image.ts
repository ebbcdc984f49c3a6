import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LocalImage } from '../workload/chart.ts'

/**
 * The image of the pods that rolypoly itself runs, named by its content: another version of rolypoly on the same Docker
 * engine has another, and neither takes the other's name.
 */
export async function helperImage(): Promise<LocalImage> {
  const context = fileURLToPath(new URL('../image', import.meta.url))
  return { name: `rolypoly-helper:${await contentOf(context)}`, context }
}

/** Of a folder's files, their names and their bytes: twelve hexadecimal digits. */
export async function contentOf(folder: string): Promise<string> {
  const hash = createHash('sha256')
  for (const name of (await readdir(folder)).sort()) {
    const bytes = await readFile(join(folder, name))
    hash.update(`${name} ${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex').slice(0, 12)
}
