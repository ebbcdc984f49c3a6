import { statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { RolypolyError, UsageError } from '../../model/errors.ts'
import type { Chart } from '../../workload/chart.ts'
import { yaml } from '../../workload/yaml.ts'

export interface LoadOptions {
  /** Which of a module's exports is the chart; needed where it has several. */
  export?: string
  /** What the chart's function is called with, as JSON. */
  options?: string
}

const modules = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']
const withinMs = 10_000

/**
 * The chart in a manifest, in a folder of manifests, or in a module.
 *
 * @throws UsageError that names the file, what was expected of it and what to do.
 */
export async function loadChart(file: string, options: LoadOptions): Promise<Chart> {
  const full = resolve(file)
  const stat = statSync(full, { throwIfNoEntry: false })
  if (!stat) throw new UsageError(`${file}: there is no such file or folder (looked at ${full})`)
  if (!stat.isFile() && !stat.isDirectory()) {
    throw new UsageError(`${file}: is neither a file nor a folder`, {
      remedy: 'Write the manifests to a file, and give its name.',
    })
  }
  if (stat.isFile() && modules.includes(extname(full))) return chartOfModule(file, full, options)
  const given = options.export !== undefined ? '--export' : options.options !== undefined && '--options'
  if (given)
    throw new UsageError(`${file}: ${given} is for a chart in TypeScript or JavaScript, and this is none`)
  try {
    return yaml(file)
  } catch (error) {
    if (error instanceof UsageError) throw withRemedy(error, stat.isDirectory())
    throw new UsageError(`${file}: cannot be read as YAML: ${firstLine(error)}`)
  }
}

function withRemedy(error: UsageError, isFolder: boolean): UsageError {
  const remedy = isFolder
    ? 'Give a manifest, a folder of manifests, or a chart such as charts/webapl/chart.ts.'
    : 'Give Kubernetes objects in YAML or JSON, or a chart in TypeScript or JavaScript.'
  return error.remedy ? error : new UsageError(error.message, { remedy, cause: error.cause })
}

async function chartOfModule(
  file: string,
  full: string,
  { export: name, options = '{}' }: LoadOptions,
): Promise<Chart> {
  const argument = parseOptions(options)
  let module: Record<string, unknown>
  // Its code may end this process, and a prediction that was never made must not look like one.
  const end = () => {
    process.stderr.write(`rolypoly: ${file}: ended the process while it was read\n`)
    process.exitCode = 2
  }
  process.once('exit', end)
  try {
    module = await inTime(import(pathToFileURL(full).href))
  } catch (error) {
    throw new UsageError(`${file}: cannot be imported: ${firstLine(error)}`, {
      ...evidenceOf(error),
      remedy: 'Give a module that Node can import by itself, as a chart is, and not a scenario or a test.',
    })
  } finally {
    process.off('exit', end)
  }
  let chosen: ReturnType<typeof choose>
  try {
    chosen = choose(file, module, name)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${file}: what it exports cannot be read: ${firstLine(error)}`)
  }
  const { called, value } = chosen
  let chart: unknown = value
  if (typeof value === 'function') {
    try {
      chart = await inTime(value(argument))
    } catch (error) {
      throw new UsageError(`${file}: ${called}(${options}) failed: ${firstLine(error)}`, {
        ...evidenceOf(error),
        remedy: 'Give it the options that it needs: --options \'{ "replicas": 2 }\'.',
      })
    }
  }
  const checked = chartSchema.safeParse(chart)
  if (!checked.success) {
    const [issue] = checked.error.issues
    const what = typeof value === 'function' ? `${called}() gave no chart` : `${called} is no chart`
    throw new UsageError(`${file}: ${what}: ${told(issue)}`, {
      remedy: 'Export a function that gives { name, objects, images }, or name it: --export NAME.',
    })
  }
  return chart as Chart
}

function parseOptions(json: string): object {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw new UsageError(`--options: ${brief(JSON.stringify(json))} is not JSON: ${firstLine(error)}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new UsageError(`--options: ${brief(json)} is not an object, as {"replicas": 2} is`)
}

function brief(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text
}

/** The export that is meant: the one named, or the only one that could be a chart. */
function choose(file: string, module: Record<string, unknown>, name: string | undefined) {
  // A function that is exported by two names is one; CommonJS gives its exports by three.
  const candidates = new Map<unknown, string>()
  for (const [key, value] of Object.entries(module)) {
    const isChart = typeof value === 'function' || chartSchema.safeParse(value).success
    if (isChart && (!candidates.has(value) || key !== 'default')) candidates.set(value, key)
  }
  const there = [...candidates.values()].join(', ')
  if (name !== undefined) {
    if (name in module) return { called: name, value: module[name] }
    throw new UsageError(`${file}: exports no ${JSON.stringify(name)}: it has ${there || 'no function'}`)
  }
  const [only, ...others] = candidates
  if (!only) {
    throw new UsageError(`${file}: exports no chart: a function that gives one is expected`, {
      remedy: 'Export a function that gives { name, objects, images }, as charts/webapl/chart.ts does.',
    })
  }
  if (others.length > 0) {
    throw new UsageError(`${file}: exports several functions: ${there}`, {
      remedy: 'Say which gives the chart: --export NAME.',
    })
  }
  return { called: only[1], value: only[0] }
}

const chartSchema = z.object({
  name: z.string(),
  objects: z.array(z.looseObject({ apiVersion: z.string(), kind: z.string() })),
})

async function inTime<T>(promise: Promise<T> | T): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new RolypolyError(`nothing came within ${withinMs / 1_000} s`)),
    withinMs,
  )
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** An issue of a schema in a few words, with its path as `spec.containers[0].name`. */
export function told(issue: z.core.$ZodIssue | undefined): string {
  const path = (issue?.path ?? [])
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
  const message = (issue?.message ?? '').replace(/^Invalid input: /, '')
  return path ? `${path}: ${message}` : message
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim() || 'without a word'
}

function firstLine(error: unknown): string {
  return messageOf(error).split('\n')[0] ?? ''
}

/** What an error says beyond its first line. */
function evidenceOf(error: unknown): { evidence?: string } {
  const more = messageOf(error).split('\n').slice(1)
  return more.length > 0 ? { evidence: more.join('\n') } : {}
}
