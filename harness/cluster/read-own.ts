import { readFile, stat } from 'node:fs/promises'

/** Nothing that rolypoly keeps for itself comes near it. */
const limitBytes = 4 * 1024 * 1024

/**
 * The text of a file that rolypoly itself wrote. Whatever else lies in its place is not waited for, as a pipe would be, nor
 * read whole.
 *
 * @throws the file system's own error, or an Error where it is no file or larger than 4 MiB
 */
export async function readOwn(path: string): Promise<string> {
  const found = await stat(path)
  if (!found.isFile()) throw new Error(`${path}: is no file`)
  if (found.size > limitBytes) throw new Error(`${path}: is larger than 4 MiB, and none of rolypoly's is`)
  return readFile(path, 'utf8')
}
