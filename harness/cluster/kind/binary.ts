import { constants } from 'node:fs'
import { access, chmod, stat } from 'node:fs/promises'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { EnvironmentError, UsageError } from '../../model/errors.ts'
import { cacheFolder, makeCacheFolder } from '../cache.ts'
import { download } from '../download.ts'
import { withFileLock } from '../file-lock.ts'
import { isOffline } from '../offline.ts'
import { tryRun } from '../process.ts'
import { requestOf } from '../proxy.ts'
import { sha256OfFile } from '../sha256.ts'
import { type KindRelease, kindRelease } from './pins.ts'

/** A kind that can be run. */
export interface KindBinary {
  /** Absolute. */
  path: string
  /** Without a leading `v`. */
  version: string
  from: 'KIND_BINARY' | 'PATH' | 'cache' | 'download'
}

/** Where kind is looked for. */
export interface KindBinaryOptions {
  /** Read for KIND_BINARY, PATH, ROLYPOLY_OFFLINE, ROLYPOLY_KIND_MIRROR, the proxy and the cache's folder. */
  env?: NodeJS.ProcessEnv | undefined
  onProgress?: ((line: string) => void) | undefined
  signal?: AbortSignal | undefined
  /** The release to find; rolypoly's own if left out. */
  release?: KindRelease | undefined
}

const home = 'https://github.com/kubernetes-sigs/kind/releases/download'
const elsewhere =
  'Name a mirror in ROLYPOLY_KIND_MIRROR or a kind in KIND_BINARY; behind a proxy, set HTTPS_PROXY.'
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/**
 * Finds kind, or downloads it: `KIND_BINARY`, whatever its version; a `kind` on the PATH of the release's version; the
 * cache, hashed again; the release's download.
 *
 * @throws EnvironmentError when KIND_BINARY is no kind, the cached file has another hash, the download fails or is
 *   forbidden by ROLYPOLY_OFFLINE, or the release has no known binary for this platform.
 * @throws UsageError when ROLYPOLY_KIND_MIRROR is no http or https address.
 * @throws The signal's reason.
 */
export async function kindBinary(options: KindBinaryOptions = {}): Promise<KindBinary> {
  const { env = process.env, release = kindRelease, signal } = options
  if (env.KIND_BINARY) return chosen(resolve(env.KIND_BINARY), signal)
  return (await onPath(env, release, options)) ?? (await cached(env, release, options))
}

/** This machine's name in kind's releases, as `linux-amd64`. */
export function releasePlatform(platform: string = process.platform, arch: string = process.arch): string {
  return `${platform}-${architectures[arch] ?? arch}`
}

async function chosen(path: string, signal: AbortSignal | undefined): Promise<KindBinary> {
  const remedy = 'Point KIND_BINARY at an executable kind, or unset it to have one found or downloaded.'
  if (!(await isExecutable(path))) {
    throw new EnvironmentError(`KIND_BINARY names ${path}, which is not an executable file`, { remedy })
  }
  const answer = await askVersion(path, signal)
  if (answer.version !== undefined) return { path, version: answer.version, from: 'KIND_BINARY' }
  throw new EnvironmentError(`KIND_BINARY names ${path}, which does not answer kind version`, {
    evidence: answer.evidence,
    remedy,
  })
}

async function onPath(
  env: NodeJS.ProcessEnv,
  release: KindRelease,
  { onProgress, signal }: KindBinaryOptions,
): Promise<KindBinary | undefined> {
  // A relative entry would run whatever the current folder holds.
  for (const folder of new Set((env.PATH ?? '').split(delimiter).filter((entry) => isAbsolute(entry)))) {
    const path = join(folder, 'kind')
    if (!(await isExecutable(path))) continue
    const { version } = await askVersion(path, signal)
    if (version === release.version) return { path, version, from: 'PATH' }
    onProgress?.(
      `${path} is passed over: it is ${version ? `kind ${version}` : 'no kind'}, not ${release.version}`,
    )
  }
  return undefined
}

async function cached(
  env: NodeJS.ProcessEnv,
  release: KindRelease,
  { onProgress, signal }: KindBinaryOptions,
): Promise<KindBinary> {
  const platform = releasePlatform()
  const what = `kind ${release.version}`
  const sha256 = release.sha256[platform]
  if (sha256 === undefined) {
    throw new EnvironmentError(`${what} has no binary for ${platform} that rolypoly knows the hash of`, {
      remedy: `Install ${what}, and name it in KIND_BINARY.`,
    })
  }
  const path = join(cacheFolder(env), `kind-${release.version}-${platform}`)
  const found: KindBinary = { path, version: release.version, from: 'cache' }
  if (await isGood(path, what, sha256)) return found

  const url = `${mirror(env)}/v${release.version}/kind-${platform}`
  if (isOffline(env)) {
    throw new EnvironmentError(`${what} is not on this machine, and ROLYPOLY_OFFLINE forbids its download`, {
      evidence: `file   ${path}\nfrom   ${requestOf(url).url}\nsha256 ${sha256}`,
      remedy: `Place that file there, or name a kind in KIND_BINARY, or put ${what} on the PATH.`,
    })
  }
  await makeCacheFolder(dirname(path), 'kind')
  const onWait = (pid: number | undefined) =>
    onProgress?.(`${what}: waiting for ${pid ? `process ${pid}` : 'another process'}, which downloads it`)
  const fetched = async () => {
    // Another run may have put it there while this one waited.
    if (await isGood(path, what, sha256)) return false
    await download({ what, url, path, sha256, onProgress, signal, env, remedy: elsewhere })
    return true
  }
  return (await withFileLock(`${path}.lock`, fetched, { signal, onWait }))
    ? { ...found, from: 'download' }
    : found
}

/** True for the file as released, false for none; anything else there is neither run nor replaced. */
async function isGood(path: string, what: string, sha256: string): Promise<boolean> {
  let actual: string
  try {
    actual = await sha256OfFile(path)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return false
    throw new EnvironmentError(`${path} cannot be read`, { cause })
  }
  if (actual !== sha256) {
    throw new EnvironmentError(`${path} is not ${what}: it has another sha256`, {
      evidence: `expected ${sha256}\nactual   ${actual}`,
      remedy: `Delete ${path}, and run again.`,
    })
  }
  // Who placed it there by hand may have left that out.
  if (!(await isExecutable(path))) {
    await chmod(path, 0o755).catch((cause) => {
      throw new EnvironmentError(`${path} is not executable, and cannot be made so`, { cause })
    })
  }
  return true
}

async function askVersion(
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ version: string | undefined; evidence: string }> {
  const outcome = await tryRun(path, ['version'], { timeoutMs: 10_000, signal })
  signal?.throwIfAborted()
  if (!outcome.ok) {
    const evidence = [outcome.error.message, outcome.error.evidence].filter(Boolean).join('\n')
    return { version: undefined, evidence }
  }
  return { version: /^kind v(\S+)/m.exec(outcome.stdout)?.[1], evidence: outcome.stdout }
}

function mirror(env: NodeJS.ProcessEnv): string {
  const base = env.ROLYPOLY_KIND_MIRROR || home
  if (!/^https?:$/.test(URL.parse(base)?.protocol ?? '')) {
    throw new UsageError(
      `ROLYPOLY_KIND_MIRROR is ${JSON.stringify(base.replace(/\/\/[^/@]*@/, '//'))}, which is no http or https address`,
      {
        remedy: `Give what takes the place of ${home}.`,
      },
    )
  }
  return base.replace(/\/+$/, '')
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
