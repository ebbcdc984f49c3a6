import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { runSync } from '../cluster/process.ts'
import { EnvironmentError, UsageError } from '../model/errors.ts'
import { Redactor } from '../model/redact.ts'
import type { Chart } from './chart.ts'
import { chartOptions, type ManifestOptions, readManifest } from './manifest.ts'
import { parseYaml } from './yaml-text.ts'

export interface HelmOptions extends ManifestOptions {
  /** Takes the place of what the chart's values.yaml has, key by key. */
  values?: Record<string, unknown>
  /** Files of values, each over the one before it, and all of them under `values`. */
  valuesFiles?: string[]
  /** Hooks are no part of the workload: a chart that has some is refused, unless they are to be left out. */
  hooks?: 'leave out'
}

const timeoutMs = 60_000
const missing =
  'Install helm 3 or 4 (https://helm.sh/docs/intro/install), put it on the PATH, or name it in HELM_BINARY.'

/**
 * A chart of what `helm template` makes of a Helm chart in a folder. The release has the workload's name; the namespace
 * is the scenario's, whatever the templates say, and `.Release.Namespace` is `default` in them. A chart's tests are left
 * out. Its dependencies must be in its folder already (`helm dependency build`).
 *
 * @throws UsageError where the folder holds no Helm chart, where helm cannot render it, or where it has hooks;
 *   EnvironmentError where helm is missing.
 */
export function helm(path: string, options: HelmOptions = {}): Chart {
  const folder = resolve(path)
  if (!existsSync(join(folder, 'Chart.yaml'))) {
    throw new UsageError(`${path}: is no Helm chart, for it has no Chart.yaml (looked at ${folder})`)
  }
  const name = options.name ?? basename(folder)
  const text = template(path, folder, name, options)
  const objects = readManifest(text, (line) => `${path}: ${sourceOf(text, line)}`)
  const hook = objects.find((object) => hookOf(object) !== undefined)
  if (hook && options.hooks !== 'leave out') {
    throw new UsageError(
      `${path}: ${hook.kind} ${hook.metadata?.name} is a Helm hook (${hookOf(hook)}), and a scenario installs no release`,
      { remedy: "Leave the chart's hooks out: helm(path, { hooks: 'leave out' })." },
    )
  }
  const own = objects.filter((object) => hookOf(object) === undefined)
  if (own.length === 0) throw new UsageError(`${path}: renders to no Kubernetes object with these values`)
  return { ...chartOptions(options), name, objects: own }
}

function template(path: string, folder: string, name: string, options: HelmOptions): string {
  const { values = {}, valuesFiles = [] } = options
  for (const file of valuesFiles) {
    if (!existsSync(file) || !statSync(file).isFile()) {
      throw new UsageError(`${path}: there is no file of values ${file} (looked at ${resolve(file)})`)
    }
  }
  const files = [...valuesFiles.map((file) => resolve(file)), '-'].flatMap((file) => ['--values', file])
  const binary = process.env.HELM_BINARY || 'helm'
  try {
    const args = ['template', name, folder, '--skip-tests', ...files]
    return runSync(binary, args, { input: JSON.stringify(values), timeoutMs }).stdout
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    const { code } = (error.cause ?? {}) as { code?: string }
    if (code === 'ENOENT' || code === 'EACCES') {
      throw new EnvironmentError(`${path}: is a Helm chart, and ${binary} cannot be run`, {
        remedy: missing,
        cause: error,
      })
    }
    throw new UsageError(`${path}: helm cannot render it`, {
      ...(error.evidence && {
        evidence: withoutPasswords(
          error.evidence,
          values,
          ...valuesIn([...valuesFiles, ...ownValues(folder)]),
        ),
      }),
      remedy: `Try it by hand: helm template ${name} ${path}`,
      cause: error,
    })
  }
}

/** The values that a chart has itself, and the charts in its folder. */
function ownValues(folder: string): string[] {
  const charts = join(folder, 'charts')
  const within = existsSync(charts) ? readdirSync(charts).map((name) => join(charts, name)) : []
  return [folder, ...within].map((of) => join(of, 'values.yaml')).filter((file) => existsSync(file))
}

/** In bytes: Helm itself takes no larger file of a chart. https://github.com/helm/helm: MaxDecompressedFileSize */
const largestValues = 5 * 1024 * 1024

/** Of a file that is no YAML nothing is quoted by Helm but where that is so. */
function valuesIn(files: string[]): unknown[] {
  return files.flatMap((file) => {
    try {
      if (statSync(file).size > largestValues) return []
      return parseYaml(readFileSync(file, 'utf8'), (line) => `${file}:${line}`).map(({ value }) => value)
    } catch {
      return []
    }
  })
}

/** What these are called says that they are secret, before any Secret is made of them. */
const secretKey =
  /pass|pwd|secret|token|credential|private|(?:api|access|encryption|signing)[-_]?key|connection[-_]?string|dsn/i

/** What Helm says of a chart that it cannot render may quote the values. */
export function withoutPasswords(text: string, ...values: unknown[]): string {
  const redactor = new Redactor()
  const look = (value: unknown, path: string): void => {
    const isText = typeof value === 'string' || typeof value === 'number'
    if (isText && secretKey.test(path)) redactor.know([{ called: `value ${path}`, value: String(value) }])
    if (typeof value !== 'object' || value === null) return
    for (const [key, item] of Object.entries(value)) look(item, path ? `${path}.${key}` : key)
  }
  for (const some of values) look(some, '')
  return redactor.redact(text)
}

/** The template that a line of Helm's output comes from: Helm names it in a comment above each document. */
function sourceOf(text: string, line: number): string {
  const above = text.split('\n').slice(0, line)
  const source = above.findLast((one) => one.startsWith('# Source: '))
  return source ? source.slice('# Source: '.length).trim() : `line ${line} of what it renders to`
}

/** What Helm runs at some time of a release's life, and does not keep as a part of it (https://helm.sh/docs/topics/charts_hooks). */
function hookOf({ metadata }: Chart['objects'][number]): string | undefined {
  return (metadata?.annotations as Record<string, string> | undefined)?.['helm.sh/hook']
}
