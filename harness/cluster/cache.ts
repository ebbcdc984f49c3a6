import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

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
