import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { releasePlatform } from '../../cluster/kind/binary.ts'
import { checkKind, quoted } from './kind.ts'

const platform = releasePlatform()
const release = { version: '1.2.3', sha256: { [platform]: '0'.repeat(64) } }
let folder = ''
let env: NodeJS.ProcessEnv = {}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolypoly-doctor-'))
  // Port 1 refuses: what would be downloaded here fails.
  env = { ROLYPOLY_CACHE: join(folder, 'cache'), ROLYPOLY_KIND_MIRROR: 'http://127.0.0.1:1' }
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Makes a kind that answers with this version, and gives its path. */
function place(name: string, version: string): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, `#!/bin/sh\necho "kind v${version} go1.26 linux/amd64"\n`)
  chmodSync(path, 0o755)
  return path
}

test('a kind on the PATH is told with its version', async () => {
  const path = place('bin/kind', '1.2.3')
  expect(await checkKind({ ...env, PATH: join(folder, 'bin') }, release)).toEqual({
    level: 'fine',
    found: `1.2.3, ${path}, on the PATH`,
  })
})

test('KIND_BINARY of another version is a warning, and one that is no kind a lack', async () => {
  const path = place('mine', '1.1.0')
  expect(await checkKind({ ...env, KIND_BINARY: path }, release)).toEqual({
    level: 'warning',
    found: `1.1.0, ${path}, named by KIND_BINARY; rolypoly is tested with 1.2.3`,
    remedy: 'unset KIND_BINARY',
  })
  expect(await checkKind({ ...env, KIND_BINARY: '/nonexistent' }, release)).toMatchObject({
    level: 'lack',
    remedy: 'unset KIND_BINARY',
  })
})

test('one that is not here is a warning, or offline a lack, and is not downloaded', async () => {
  const path = place('bin/kind', '1.1.0')
  const passedOver = `${path} is passed over: it is kind 1.1.0, not 1.2.3`
  expect(await checkKind({ ...env, PATH: join(folder, 'bin') }, release)).toEqual({
    level: 'warning',
    found: '1.2.3 is not here yet, and the first run downloads it',
    evidence: passedOver,
    remedy: 'npx rolypoly kind version',
  })
  const target = join(folder, 'cache', `kind-1.2.3-${platform}`)
  expect(await checkKind({ ...env, ROLYPOLY_OFFLINE: '1' }, release)).toMatchObject({
    level: 'lack',
    remedy: `curl -fL --create-dirs -o ${target} http://127.0.0.1:1/v1.2.3/kind-${platform}`,
  })
  expect(existsSync(join(folder, 'cache'))).toBe(false)
})

test('a cached file of another hash is a lack, with both hashes', async () => {
  const path = place(`cache/kind-1.2.3-${platform}`, '1.2.3')
  expect(await checkKind(env, release)).toEqual({
    level: 'lack',
    found: `${path} is not kind 1.2.3: it has another sha256`,
    evidence: expect.stringContaining(`expected ${'0'.repeat(64)}`),
    remedy: `rm ${path}`,
  })
})

test('a path with spaces can be copied into a shell', () => {
  expect(quoted('/a/b.c')).toBe('/a/b.c')
  expect(quoted("/a b/it's")).toBe("'/a b/it'\\''s'")
})
