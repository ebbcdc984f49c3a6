import { readFileSync, statSync } from 'node:fs'
import { UsageError } from '../model/errors.ts'

const limitBytes = 4 * 1024 * 1024

/**
 * The text of a file that is read whole, as of a manifest: UTF-8, without its byte order mark.
 *
 * @throws UsageError where it is no file, cannot be read, is larger than 4 MiB, or is no text.
 */
export function readTextFile(path: string): string {
  let bytes: Buffer
  try {
    const found = statSync(path)
    // A pipe would keep us waiting for whoever writes to it.
    if (!found.isFile()) throw new UsageError(`${path}: is neither a file nor a folder`)
    if (found.size > limitBytes)
      throw new UsageError(`${path}: is larger than 4 MiB, too large for manifests`)
    bytes = readFileSync(path)
  } catch (error) {
    if (error instanceof UsageError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${path}: cannot be read: ${why}`, { cause: error })
  }
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new UsageError(`${path}: is UTF-16, where UTF-8 is expected`, {
      remedy: `Write it again as UTF-8: iconv -f UTF-16 -t UTF-8 ${path}`,
    })
  }
  if (bytes.includes(0)) throw new UsageError(`${path}: is no text, for it has bytes of value 0`)
  return bytes.toString('utf8').replace(/^\ufeff/, '')
}
