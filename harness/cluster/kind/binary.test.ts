import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { EnvironmentError, UsageError } from '../../model/errors.ts'
import { run } from '../process.ts'
import { type KindBinary, kindBinary, releasePlatform } from './binary.ts'
import { kindRelease } from './pins.ts'

const script = (version: string) => `#!/bin/sh\necho "kind v${version} go1.26.8 linux/amd64"\n`
const content = `${script('1.2.3')}# ${'x'.repeat(50_000)}\n`
const sha256 = createHash('sha256').update(content).digest('hex')
const platform = releasePlatform()
const release = { version: '1.2.3', sha256: { [platform]: sha256 } }

let served: string | undefined = content
let paths: (string | undefined)[] = []
const server = createServer((request, response) => {
  paths.push(request.url)
  // Late enough for two callers to meet.
  setTimeout(() => (served === undefined ? response.writeHead(404).end() : response.end(served)), 150)
})

let folder = ''
let lines: string[] = []
let env: NodeJS.ProcessEnv = {}
let cachedPath = ''
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => server.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolypoly-kind-'))
  const { port } = server.address() as AddressInfo
  env = { ROLYPOLY_CACHE: join(folder, 'cache'), ROLYPOLY_KIND_MIRROR: `http://127.0.0.1:${port}/mirror/` }
  cachedPath = join(folder, 'cache', `kind-1.2.3-${platform}`)
  served = content
  paths = []
  lines = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const find = (more: NodeJS.ProcessEnv = {}): Promise<KindBinary> =>
  kindBinary({ env: { ...env, ...more }, release, onProgress: (line) => lines.push(line) })

async function errorOf(promise: Promise<unknown>): Promise<EnvironmentError> {
  const error: unknown = await promise.catch((reason: unknown) => reason)
  if (!(error instanceof EnvironmentError)) throw new Error(`an EnvironmentError was expected: ${error}`)
  return error
}

/** Makes a file that answers as kind does, and gives its path. */
function place(name: string, text: string, mode = 0o755): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

test('KIND_BINARY comes first, whatever its version', async () => {
  const path = place('mine', script('0.99.0-alpha+12'))
  place('bin/kind', script('1.2.3'))
  expect(await find({ KIND_BINARY: path, PATH: join(folder, 'bin') })).toEqual({
    path,
    version: '0.99.0-alpha+12',
    from: 'KIND_BINARY',
  })
})

test('a KIND_BINARY that is missing, not executable or no kind is an error, and nothing takes its place', async () => {
  place('bin/kind', script('1.2.3'))
  const PATH = join(folder, 'bin')
  for (const path of [join(folder, 'missing'), place('plain', script('1.2.3'), 0o644), folder]) {
    const error = await errorOf(find({ KIND_BINARY: path, PATH }))
    expect(error.message).toBe(`KIND_BINARY names ${path}, which is not an executable file`)
    expect(error.remedy).toContain('KIND_BINARY')
  }
  const silent = await errorOf(find({ KIND_BINARY: place('other', '#!/bin/sh\necho v1.2.3\n'), PATH }))
  expect(silent.message).toMatch(/other, which does not answer kind version$/)
  expect(silent.evidence).toBe('v1.2.3')
  const failing = await errorOf(
    find({ KIND_BINARY: place('failing', '#!/bin/sh\necho oh >&2; exit 3\n'), PATH }),
  )
  expect(failing.evidence).toMatch(/failing version failed with exit code 3\noh$/)
})

test('a kind of the right version on the PATH is next; others there are passed over, and said', async () => {
  const old = place('old/kind', script('1.2.2'))
  const broken = place('broken/kind', '#!/bin/sh\nexit 1\n')
  place('plain/kind', script('1.2.3'), 0o644)
  const path = place('new/kind', script('1.2.3'))
  const PATH = ['old', 'broken', 'plain', 'none', 'new'].map((name) => join(folder, name)).join(':')
  expect(await find({ PATH })).toEqual({ path, version: '1.2.3', from: 'PATH' })
  expect(lines).toEqual([
    `${old} is passed over: it is kind 1.2.2, not 1.2.3`,
    `${broken} is passed over: it is no kind, not 1.2.3`,
  ])
})

test('without one, it is downloaded from the mirror, and found in the cache from then on', async () => {
  place('old/kind', script('1.2.2'))
  const PATH = join(folder, 'old')
  const found = { path: cachedPath, version: '1.2.3' }
  expect(await find({ PATH })).toEqual({ ...found, from: 'download' })
  expect(paths).toEqual([`/mirror/v1.2.3/kind-${platform}`])
  expect(readdirSync(join(folder, 'cache'))).toEqual([`kind-1.2.3-${platform}`])
  expect((await run(cachedPath, ['version'])).stdout).toContain('kind v1.2.3')
  expect(lines.slice(1)).toEqual([
    expect.stringContaining('kind 1.2.3: downloading http://127.0.0.1'),
    expect.stringContaining('with the expected sha256'),
  ])
  expect(await find({ PATH, ROLYPOLY_OFFLINE: '1' })).toEqual({ ...found, from: 'cache' })
  expect(paths).toHaveLength(1)
})

test('a cached file of another hash is neither run nor replaced', async () => {
  const path = place(`cache/kind-1.2.3-${platform}`, `#!/bin/sh\ntouch ${folder}/ran\n`)
  const before = readFileSync(path, 'utf8')
  const error = await errorOf(find())
  expect(error.message).toBe(`${path} is not kind 1.2.3: it has another sha256`)
  const actual = createHash('sha256').update(before).digest('hex')
  expect(error.evidence).toBe(`expected ${sha256}\nactual   ${actual}`)
  expect(error.remedy).toBe(`Delete ${path}, and run again.`)
  expect(readFileSync(path, 'utf8')).toBe(before)
  expect(existsSync(join(folder, 'ran'))).toBe(false)
  expect(paths).toEqual([])
})

test('a cached file that was placed by hand is made executable', async () => {
  const path = place(`cache/kind-1.2.3-${platform}`, content, 0o644)
  expect(await find()).toMatchObject({ path, from: 'cache' })
  expect(statSync(path).mode & 0o100).not.toBe(0)
})

test('a download of another hash is an error, and leaves neither a file nor a lock', async () => {
  served = 'something else'
  expect((await errorOf(find())).message).toContain('has another sha256 than expected')
  expect(readdirSync(join(folder, 'cache'))).toEqual([])
  expect(paths).toHaveLength(1)
})

test('a release that cannot be had comes with the other ways to get kind', async () => {
  served = undefined
  const error = await errorOf(find())
  expect(error.message).toMatch(/^kind 1\.2\.3 could not be downloaded from .*: it answered 404 Not Found$/)
  expect(error.remedy).toMatch(/ROLYPOLY_KIND_MIRROR.*KIND_BINARY.*HTTPS_PROXY/)
})

test('two callers at once download it once', async () => {
  const both = await Promise.all([find(), find()])
  expect(both.map(({ from }) => from).sort()).toEqual(['cache', 'download'])
  expect(paths).toHaveLength(1)
  expect(lines.join('\n')).toContain(`kind 1.2.3: waiting for process ${process.pid}, which downloads it`)
})

test('two processes at once download it once', async () => {
  const program = `
    import { kindBinary } from ${JSON.stringify(new URL('./binary.ts', import.meta.url).href)}
    console.log((await kindBinary({ release: ${JSON.stringify(release)} })).from)`
  const start = () =>
    run(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...env, PATH: '', KIND_BINARY: '', ROLYPOLY_OFFLINE: '' },
    })
  const both = await Promise.all([start(), start()])
  expect(both.map(({ stdout }) => stdout).sort()).toEqual(['cache', 'download'])
  expect(paths).toHaveLength(1)
})

test('the lock of a dead process does not keep the download', async () => {
  const { stdout: pid } = await run('sh', ['-c', 'echo $$'])
  const lock = { pid: Number(pid), host: hostname(), token: 'x' }
  place(`cache/kind-1.2.3-${platform}.lock`, JSON.stringify(lock), 0o644)
  expect((await find()).from).toBe('download')
  expect(lines.join('\n')).not.toContain('waiting')
})

test('offline, it says which file to place where', async () => {
  const error = await errorOf(find({ ROLYPOLY_OFFLINE: '1', ROLYPOLY_KIND_MIRROR: '' }))
  expect(error.message).toBe('kind 1.2.3 is not on this machine, and ROLYPOLY_OFFLINE forbids its download')
  expect(error.evidence?.split(/\s+/)).toEqual([
    'file',
    cachedPath,
    'from',
    `https://github.com/kubernetes-sigs/kind/releases/download/v1.2.3/kind-${platform}`,
    'sha256',
    sha256,
  ])
  expect(error.remedy).toContain('KIND_BINARY')
  expect(existsSync(join(folder, 'cache'))).toBe(false)
  expect((await find({ ROLYPOLY_OFFLINE: '0' })).from).toBe('download')
})

test('a mirror that is no address, and a folder that cannot be written, are told', async () => {
  for (const ROLYPOLY_KIND_MIRROR of ['mirror.example', 'file:///srv']) {
    await expect(find({ ROLYPOLY_KIND_MIRROR })).rejects.toThrow(UsageError)
  }
  const error = await errorOf(find({ ROLYPOLY_CACHE: place('a-file', '') }))
  expect(error.message).toMatch(/a-file.* cannot be/)
  const nested = await errorOf(find({ ROLYPOLY_CACHE: join(folder, 'a-file', 'cache') }))
  expect(nested.message).toMatch(/a-file\/cache.* cannot be/)
})

test('a platform without a known hash is told, and nothing is downloaded', async () => {
  const error = await errorOf(kindBinary({ env, release: { version: '1.2.3', sha256: {} } }))
  expect(error.message).toBe(`kind 1.2.3 has no binary for ${platform} that rolypoly knows the hash of`)
  expect(paths).toEqual([])
})

test('an abort is thrown as it is', async () => {
  const reason = new Error('interrupted')
  const signal = AbortSignal.abort(reason)
  await expect(kindBinary({ env, release, signal })).rejects.toBe(reason)
  const KIND_BINARY = place('mine', script('1.2.3'))
  await expect(kindBinary({ env: { KIND_BINARY }, release, signal })).rejects.toBe(reason)
})

test('platforms are named as kind names them, and each pin is a hash of its own', () => {
  expect(releasePlatform('linux', 'x64')).toBe('linux-amd64')
  expect(releasePlatform('darwin', 'arm64')).toBe('darwin-arm64')
  expect(releasePlatform('linux', 's390x')).toBe('linux-s390x')
  const hashes = Object.values(kindRelease.sha256)
  expect(new Set(hashes).size).toBe(4)
  for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/)
})
