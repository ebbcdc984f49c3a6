import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and those that it is in, where they are missing. Node's own `recursive` never ends on a file system that
 * says `ENOENT` of what it does not let be made, as /proc does (Node 24).
 *
 * @param mode of each that is made; 0o777 less the umask unless given
 * @throws the file system's own error
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  if ((await tryMake(path, mode)) !== 'ENOENT') return
  if (dirname(path) !== path) await makeFolder(dirname(path), mode)
  if ((await tryMake(path, mode)) === 'ENOENT') await mkdir(path, mode)
}

/** What is there already is as good, if it is a folder; another process may have made it a moment ago. */
async function tryMake(path: string, mode: number): Promise<'made' | 'ENOENT'> {
  try {
    await mkdir(path, mode)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return code
    const isFolder = code === 'EEXIST' && (await stat(path)).isDirectory()
    if (!isFolder) throw error
  }
  return 'made'
}
