import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { UsageError } from '../model/errors.ts'
import type { Chart } from './chart.ts'
import { chartOptions, type ManifestOptions, readManifest } from './manifest.ts'
import { readTextFile } from './text-file.ts'

/**
 * A chart of the manifests in a YAML file, or in every `.yaml`, `.yml` and `.json` file of a folder, by name.
 *
 * @throws UsageError where there is nothing to read, or what is there is not Kubernetes objects in YAML.
 */
export function yaml(path: string, options: ManifestOptions = {}): Chart {
  const full = resolve(path)
  const files = manifestFiles(path, full)
  const objects = files.flatMap(readFile)
  if (objects.length === 0) throw new UsageError(`${path}: holds no Kubernetes object`)
  return {
    ...chartOptions(options),
    name: options.name ?? basename(full).replace(/\.(ya?ml|json)$/, ''),
    objects,
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

function readFile(file: string): Chart['objects'] {
  return readManifest(readTextFile(file), (line, column) => [file, line, column].filter(Boolean).join(':'))
}
