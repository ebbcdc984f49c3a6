import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

/** The file's SHA-256 as 64 lower-case hexadecimal digits; rejects as `fs` does where it cannot be read, or is no file. */
export async function sha256OfFile(path: string): Promise<string> {
  // A pipe would keep us waiting for whoever writes to it.
  if (!(await stat(path)).isFile()) throw new Error(`${path}: is no file`)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
