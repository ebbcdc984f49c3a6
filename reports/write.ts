import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError, UsageError } from '../harness/model/errors.ts'
import { type Result, resultSchema } from '../harness/model/result.ts'
import { renderHtml } from './html.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { oneLine, shorten } from './text.ts'

const remedy = 'give the folder that `rolypoly run` printed on its last line.'

/**
 * Writes `result.json`, `index.html`, `junit.xml` and `summary.md` into the folder, which is made where it is missing.
 * Each file is either its old self or whole. `result.json` comes first: the others, which are left out without `pages`,
 * can be made from it again.
 *
 * @throws EnvironmentError where one cannot be written, with nothing of it left.
 */
export async function writeReports(result: Result, folder: string, { pages = true } = {}): Promise<void> {
  await mkdir(folder, { recursive: true })
  await replace(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`)
  if (!pages) return
  await replace(join(folder, 'index.html'), renderHtml(result))
  await replace(join(folder, 'junit.xml'), renderJunit(result))
  await replace(join(folder, 'summary.md'), renderMarkdown(result))
}

/**
 * The result of the run whose folder this is.
 *
 * @throws UsageError where there is no `result.json` that this version can read.
 */
export async function readResult(folder: string): Promise<Result> {
  const path = join(folder, 'result.json')
  const value = parse(path, await read(path))
  const version =
    typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined
  if (version !== undefined && version !== 1) {
    const given = shorten(oneLine(JSON.stringify(version)), 40)
    throw new UsageError(
      `${path} has schemaVersion ${given} where 1 was expected: read it with the version of rolypoly that wrote it.`,
    )
  }
  const checked = resultSchema.safeParse(value)
  if (checked.success) return checked.data
  const [first] = checked.error.issues
  const where = first && first.path.length > 0 ? `at ${first.path.map(String).join('.')}` : 'at its top'
  throw new UsageError(
    `${path} is not a result of schemaVersion 1: ${where}, ${shorten(oneLine(first?.message ?? ''), 200)}; ${remedy}`,
  )
}

async function read(path: string): Promise<string> {
  try {
    // A pipe would keep us waiting for whoever writes to it.
    if (!(await stat(path)).isFile()) throw new Error('it is no file')
    return await readFile(path, 'utf8')
  } catch (cause) {
    const missing =
      cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
    const why = missing
      ? 'does not exist'
      : `cannot be read (${cause instanceof Error ? cause.message : String(cause)})`
    throw new UsageError(`${path} ${why}, where a run's result was expected: ${remedy}`, {
      cause,
    })
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError(`${path} is not JSON, where a run's result was expected: ${remedy}`, {
      cause,
    })
  }
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(temporary, text)
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new EnvironmentError(`${path}: could not be written: ${why}`, {
      remedy: 'Make room on its disk, or put the report on another: --report DIR.',
      cause,
    })
  }
}
