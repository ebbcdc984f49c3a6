import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { LineCounter, parseAllDocuments } from 'yaml'
import { UsageError } from '../model/errors.ts'
import type { Chart, LocalImage, TrafficTarget } from './chart.ts'

export interface YamlOptions {
  /** Images to build first: the name that the manifests use, and the folder of its Dockerfile. */
  images?: Record<string, string>
  /** What containers do on a simulated cluster, by the image that the manifests name. */
  behaviours?: Chart['behaviours']
  traffic?: TrafficTarget | false
  /** Names the workload; the file's or folder's own name unless given. */
  name?: string
}

const manifestLimitBytes = 4 * 1024 * 1024

/**
 * A chart of the manifests in a YAML file, or in every `.yaml`, `.yml` and `.json` file of a folder, by name.
 *
 * @throws UsageError where there is nothing to read, or what is there is not Kubernetes objects in YAML.
 */
export function yaml(path: string, options: YamlOptions = {}): Chart {
  const full = resolve(path)
  const files = manifestFiles(path, full)
  const objects = files.flatMap((file) => readManifest(file))
  if (objects.length === 0) throw new UsageError(`${path}: holds no Kubernetes object`)
  const images: LocalImage[] = Object.entries(options.images ?? {}).map(([name, context]) => ({
    name,
    context,
  }))
  return {
    name: options.name ?? basename(full).replace(/\.(ya?ml|json)$/, ''),
    objects: objects.flatMap(unfold),
    images,
    ...(options.behaviours && { behaviours: options.behaviours }),
    ...(options.traffic !== undefined && { traffic: options.traffic }),
  }
}

function manifestFiles(path: string, full: string): string[] {
  if (!existsSync(full)) throw new UsageError(`${path}: there is no such file or folder (looked at ${full})`)
  if (!statSync(full).isDirectory()) return [full]
  const files = readdirSync(full)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => join(full, name))
  if (files.length === 0) throw new UsageError(`${path}: no .yaml, .yml or .json file in this folder`)
  return files
}

function readManifest(file: string): Chart['objects'] {
  if (statSync(file).size > manifestLimitBytes)
    throw new UsageError(`${file}: is larger than 4 MiB, too large for manifests`)
  const lineCounter = new LineCounter()
  const documents = parseAllDocuments(readFileSync(file, 'utf8'), { lineCounter })
  if (!Array.isArray(documents)) return []
  return documents.flatMap((document) => {
    const [error] = document.errors
    if (error) {
      const [at] = error.linePos ?? []
      const [sentence = ''] = error.message.split('\n')
      throw new UsageError(
        `${file}${at ? `:${at.line}:${at.col}` : ''}: is not YAML: ${sentence.replace(/ at line .*$/, '')}`,
      )
    }
    let value: unknown
    try {
      value = document.toJS({ maxAliasCount: 100 })
    } catch (error) {
      throw new UsageError(`${file}: cannot be read: ${error instanceof Error ? error.message : error}`)
    }
    if (value === null || value === undefined) return []
    const { line } = lineCounter.linePos(document.range[0])
    return [checkObject(value, `${file}:${line}`)]
  })
}

function checkObject(value: unknown, where: string): Chart['objects'][number] {
  const object = value as Chart['objects'][number]
  const described = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!described || typeof object.apiVersion !== 'string' || typeof object.kind !== 'string') {
    throw new UsageError(`${where}: is not a Kubernetes object: apiVersion and kind are expected`)
  }
  if (!Array.isArray(object.items) && typeof object.metadata?.name !== 'string') {
    throw new UsageError(`${where}: ${object.apiVersion}/${object.kind} has no metadata.name`)
  }
  return object
}

/** A List is the objects in it. */
function unfold(object: Chart['objects'][number]): Chart['objects'] {
  const { items } = object as { items?: unknown[] }
  return object.kind?.endsWith('List') && Array.isArray(items)
    ? items.flatMap((item) => unfold(checkObject(item, `${object.kind}.items`)))
    : [object]
}
