import { mkdtemp, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheFolder } from '../../cluster/cache.ts'
import { fine, type Judgement } from './finding.ts'
import { quoted } from './kind.ts'

/** What is at the cache's path, or at the nearest folder above it that exists. */
export interface CacheFacts {
  folder: string
  /** The folder itself, or the nearest above it. */
  nearest: string
  isFolder: boolean
  writable: boolean
}

export async function checkCache(env: NodeJS.ProcessEnv): Promise<Judgement> {
  const folder = cacheFolder(env)
  for (let nearest = folder; ; nearest = dirname(nearest)) {
    const found = await stat(nearest).catch(() => undefined)
    if (!found && nearest !== dirname(nearest)) continue
    const writable = await canWrite(nearest)
    return judgeCache({ folder, nearest, isFolder: found?.isDirectory() ?? false, writable })
  }
}

/** Tried, for permissions do not tell of read-only file systems, nor of what root may do. */
async function canWrite(folder: string): Promise<boolean> {
  try {
    await rmdir(await mkdtemp(join(folder, '.rolypoly-doctor-')))
    return true
  } catch {
    return false
  }
}

export function judgeCache({ folder, nearest, isFolder, writable }: CacheFacts): Judgement {
  const exists = nearest === folder
  if (isFolder && writable) return fine(`${folder}${exists ? '' : ' will be made'}`)
  const why = !isFolder ? `${nearest} is no folder` : `${nearest} cannot be written`
  return {
    level: 'lack',
    found: exists ? why : `${folder} cannot be made: ${why}`,
    remedy:
      exists && isFolder
        ? `sudo chown -R "$(id -u)" ${quoted(folder)}`
        : 'export ROLYPOLY_CACHE="$PWD/.rolypoly-cache"',
  }
}
