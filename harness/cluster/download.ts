import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import pRetry, { AbortError } from 'p-retry'
import { formatMs } from '../model/duration.ts'
import { EnvironmentError, UsageError } from '../model/errors.ts'
import { type Answer, fetchByEnv, requestOf } from './proxy.ts'
import { reasonOf } from './reason.ts'

/** What to download, and where to. */
export interface Download {
  /** The subject of every message, as `kind 0.33.0`. */
  what: string
  url: string
  /** The file to make, in a folder that exists. It is executable, and is there whole or not at all. */
  path: string
  /** 64 lower-case hexadecimal digits. */
  sha256: string
  onProgress?: ((line: string) => void) | undefined
  signal?: AbortSignal | undefined
  /** What to do where it cannot be had, as one sentence. */
  remedy?: string | undefined
  /** Attempts after the first. */
  retries?: number | undefined
  /** Before the first retry, and twice as long before each further one. */
  retryAfterMs?: number | undefined
  /** An attempt fails when nothing comes for so long; a slow download that goes on is left alone. */
  stallMs?: number | undefined
  /** How far it is by now is told so often at most; every 10 s unless given. */
  progressEveryMs?: number | undefined
  /** Read for the proxy. */
  env?: NodeJS.ProcessEnv | undefined
  /** Opens the file to write to. */
  openFile?: ((path: string) => Promise<Pick<FileHandle, 'appendFile' | 'sync' | 'close'>>) | undefined
}

/** Statuses besides 5xx that another attempt may change: time-out, too early, too many requests. */
const passing = new Set([408, 425, 429])
const oldPartMs = 60 * 60 * 1_000

/**
 * Downloads a file, hashing it as it comes, and renames it into place. Failures of the network and of the server are
 * tried again; another hash than expected, or a refusal such as 404, is not.
 *
 * @throws EnvironmentError when it cannot be had, or is not what was expected; nothing is kept then.
 * @throws The signal's reason.
 */
export async function download(request: Download): Promise<void> {
  const { what, path, onProgress, signal, retries = 3 } = request
  const { url } = requestOf(request.url)
  await removeOldParts(path)
  onProgress?.(`${what}: downloading ${url}`)
  try {
    const bytes = await pRetry(() => attempt(request), {
      retries,
      minTimeout: request.retryAfterMs ?? 1_000,
      ...(signal && { signal }),
      onFailedAttempt: ({ error, retriesLeft, retryDelay }) => {
        if (retriesLeft > 0)
          onProgress?.(`${what}: ${reasonOf(error)}; trying again in ${formatMs(retryDelay)}`)
      },
    })
    onProgress?.(`${what}: ${megabytes(bytes)} with the expected sha256`)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof EnvironmentError || error instanceof UsageError) throw error
    throw new EnvironmentError(`${what} could not be downloaded from ${url}: ${reasonOf(error)}`, {
      remedy: request.remedy ?? 'See whether that address answers from here.',
      cause: error,
    })
  }
}

/** Returns the bytes that came. */
async function attempt(request: Download): Promise<number> {
  const { path, stallMs = 30_000, env = process.env } = request
  const part = join(dirname(path), `${basename(path)}.${randomUUID()}.part`)
  const stall = new AbortController()
  const timer = setTimeout(() => stall.abort(new Error(`nothing came for ${formatMs(stallMs)}`)), stallMs)
  const signal = request.signal ? AbortSignal.any([request.signal, stall.signal]) : stall.signal
  try {
    const answer = await fetchByEnv(requestOf(request.url), signal, env).catch((error) => {
      // It will be no better the next time.
      throw error instanceof UsageError ? new AbortError(error) : error
    })
    const got = await write(request, await bodyOf(answer), part, lengthOf(answer), () => timer.refresh())
    if (got.sha256 !== request.sha256) throw new AbortError(mismatch(request, got))
    await onDisk(request, () => rename(part, path))
    return got.bytes
  } finally {
    clearTimeout(timer)
    await rm(part, { force: true })
  }
}

async function bodyOf(response: Answer): Promise<ReadableStream<Uint8Array>> {
  if (response.ok && response.body) return response.body
  await response.body?.cancel()
  const error = new Error(`it answered ${response.status} ${response.statusText}`.trim())
  throw response.status >= 500 || passing.has(response.status) ? error : new AbortError(error)
}

/** What the server says that will come; undefined where it does not say, or sends it packed. */
function lengthOf({ headers }: Answer): number | undefined {
  const told = Number(headers.get('content-length') ?? Number.NaN)
  return Number.isNaN(told) || headers.has('content-encoding') ? undefined : told
}

async function write(
  request: Download,
  body: ReadableStream<Uint8Array>,
  part: string,
  length: number | undefined,
  onChunk: () => void,
): Promise<{ bytes: number; sha256: string }> {
  const { what, onProgress, progressEveryMs = 10_000, openFile = (path) => open(path, 'wx', 0o755) } = request
  const hash = createHash('sha256')
  let [bytes, toldMs] = [0, performance.now()]
  const file = await onDisk(request, () => openFile(part))
  try {
    for await (const chunk of whole(body, () => bytes, length)) {
      onChunk()
      hash.update(chunk)
      bytes += chunk.byteLength
      await onDisk(request, () => file.appendFile(chunk))
      if (performance.now() - toldMs < progressEveryMs) continue
      toldMs = performance.now()
      onProgress?.(`${what}: ${megabytes(bytes)}${length === undefined ? '' : ` of ${megabytes(length)}`}`)
    }
    // Or a power cut soon after the rename leaves an empty file of the right name.
    await onDisk(request, () => file.sync())
  } finally {
    await file.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** The chunks of a body, and an error that says how much came where that is not all. */
async function* whole(body: ReadableStream<Uint8Array>, bytes: () => number, length: number | undefined) {
  const brokeOff = (cause?: unknown) =>
    new Error(`it broke off after ${bytes()} of ${length} bytes`, { cause })
  try {
    yield* body
  } catch (error) {
    // A signal's reason says more than how far it was.
    if (length === undefined || !(error instanceof TypeError)) throw error
    throw brokeOff(error)
  }
  if (length !== undefined && bytes() < length) throw brokeOff()
}

/** What the disk refuses, it refuses the next time too. */
async function onDisk<T>({ what, path }: Download, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : reasonOf(cause)
    throw new AbortError(
      new EnvironmentError(`${what} could not be written to ${dirname(path)}: ${why}`, {
        remedy: 'Make room there, or set ROLYPOLY_CACHE to a folder that has it.',
        cause,
      }),
    )
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

function mismatch(request: Download, got: { bytes: number; sha256: string }): EnvironmentError {
  return new EnvironmentError(
    `${request.what} from ${requestOf(request.url).url} has another sha256 than expected`,
    {
      evidence: `expected ${request.sha256}\nactual   ${got.sha256} (${got.bytes} bytes)`,
      remedy: 'Nothing of it was kept: see what a proxy or a mirror on the way makes of that file.',
    },
  )
}

/** What killed processes left behind; a young one may be a living download's. */
async function removeOldParts(path: string): Promise<void> {
  const folder = dirname(path)
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith('.part')) continue
    const part = join(folder, name)
    const found = await stat(part).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > oldPartMs) await rm(part, { force: true })
  }
}
