import { access, constants } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { EnvironmentError } from '../model/errors.ts'
import { makeFolder } from './make-folder.ts'

/**
 * The folder for what is downloaded once: `$ROLYPOLY_CACHE`, else `$XDG_CACHE_HOME/rolypoly`, else
 * `~/Library/Caches/rolypoly` on macOS and `~/.cache/rolypoly` elsewhere. It need not exist yet.
 */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  if (env.ROLYPOLY_CACHE) return resolve(env.ROLYPOLY_CACHE)
  // The XDG base directory specification has relative paths ignored.
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, 'rolypoly')
  const home = env.HOME || homedir()
  return platform === 'darwin'
    ? join(home, 'Library', 'Caches', 'rolypoly')
    : join(home, '.cache', 'rolypoly')
}

/**
 * Makes a folder of the cache, for this user alone.
 *
 * @param what is to be kept there, for the message
 * @throws EnvironmentError where it cannot be made or written
 */
export async function makeCacheFolder(folder: string, what: string): Promise<void> {
  try {
    await makeFolder(folder, 0o700)
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw new EnvironmentError(`${folder} cannot be written, so ${what} cannot be kept there`, {
      remedy: 'Set ROLYPOLY_CACHE to a folder that can be.',
      cause,
    })
  }
}
