import { rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from './make-folder.ts'

/** Writes a file that whoever reads it meanwhile has as it was before or as it is after. Its folder is this user's alone. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await makeFolder(dirname(path), 0o700)
  const part = `${path}.${process.pid}.part`
  await writeFile(part, text)
  await rename(part, path)
}
