import { createHash, randomUUID } from 'node:crypto'
import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import pRetry, { AbortError } from 'p-retry'
import { formatMs } from '../model/duration.ts'
import { EnvironmentError } from '../model/errors.ts'

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
  const { what, url, path, onProgress, signal, retries = 3 } = request
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
    onProgress?.(`${what}: ${(bytes / 1_000_000).toFixed(1)} MB with the expected sha256`)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof EnvironmentError) throw error
    throw new EnvironmentError(`${what} could not be downloaded from ${url}: ${reasonOf(error)}`, {
      remedy: request.remedy ?? 'See whether that address answers from here.',
      cause: error,
    })
  }
}

/** Returns the bytes that came. */
async function attempt(request: Download): Promise<number> {
  const { url, path, stallMs = 30_000 } = request
  const part = join(dirname(path), `${basename(path)}.${randomUUID()}.part`)
  const stall = new AbortController()
  const timer = setTimeout(() => stall.abort(new Error(`nothing came for ${formatMs(stallMs)}`)), stallMs)
  const signal = request.signal ? AbortSignal.any([request.signal, stall.signal]) : stall.signal
  try {
    const body = await bodyOf(await fetch(url, { signal }))
    const got = await write(body, part, () => timer.refresh())
    if (got.sha256 !== request.sha256) throw new AbortError(mismatch(request, got))
    await rename(part, path)
    return got.bytes
  } finally {
    clearTimeout(timer)
    await rm(part, { force: true })
  }
}

async function bodyOf(response: Response): Promise<ReadableStream<Uint8Array>> {
  if (response.ok && response.body) return response.body
  await response.body?.cancel()
  const error = new Error(`it answered ${response.status} ${response.statusText}`.trim())
  throw response.status >= 500 || passing.has(response.status) ? error : new AbortError(error)
}

async function write(
  body: ReadableStream<Uint8Array>,
  part: string,
  onChunk: () => void,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  const file = await open(part, 'wx', 0o755)
  try {
    for await (const chunk of body) {
      onChunk()
      hash.update(chunk)
      bytes += chunk.byteLength
      await file.appendFile(chunk)
    }
    // Or a power cut soon after the rename leaves an empty file of the right name.
    await file.sync()
  } finally {
    await file.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}

function mismatch(request: Download, got: { bytes: number; sha256: string }): EnvironmentError {
  return new EnvironmentError(`${request.what} from ${request.url} has another sha256 than expected`, {
    evidence: `expected ${request.sha256}\nactual   ${got.sha256} (${got.bytes} bytes)`,
    remedy: 'Nothing of it was kept: see what a proxy or a mirror on the way makes of that file.',
  })
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

/** fetch hides the reason of a failure in its cause, which may have nothing but a code. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error) || error.message.includes(cause.message || '\0')) return error.message
  const code = 'code' in cause ? String(cause.code) : cause.name
  return `${error.message}: ${cause.message || code}`
}
