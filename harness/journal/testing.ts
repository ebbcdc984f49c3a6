import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, vi } from 'vitest'

/** Gives each test of a file a cache of its own: its folder, while the test runs. */
export function ownCache(): () => string {
  const caches = mkdtempSync(join(tmpdir(), 'rolypoly-journal-'))
  let cache = ''
  beforeEach(() => {
    cache = mkdtempSync(join(caches, 'cache-'))
    vi.stubEnv('ROLYPOLY_CACHE', cache)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
    rmSync(caches, { recursive: true })
  })
  return () => cache
}
