import { readFileSync } from 'node:fs'
import { z } from 'zod'

const manifest = z.object({ name: z.string(), version: z.string() })

/** The package's own version, from the nearest package.json above this file. */
export function rolypolyVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    try {
      const read = manifest.parse(JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')))
      if (read.name === '@rolypoly/harness') return read.version
    } catch {
      // not here: further up
    }
    if (folder.pathname === '/') return 'unknown'
  }
}
