import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { runSync } from '../cluster/process.ts'
import { EnvironmentError, UsageError } from '../model/errors.ts'
import type { Chart } from './chart.ts'
import { chartOptions, type ManifestOptions, readManifest } from './manifest.ts'

/** Whichever is there first builds it: kubectl has a Kustomize of its own. */
const builders: [command: string, args: string[]][] = [
  ['kustomize', ['build']],
  ['kubectl', ['kustomize']],
]
/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/ */
const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']
const timeoutMs = 60_000

/**
 * A chart of what Kustomize makes of a folder with a kustomization. The namespace is the scenario's, whatever the
 * kustomization says.
 *
 * @throws UsageError where the folder holds no kustomization, or where it cannot be built; EnvironmentError where neither
 *   `kustomize` nor `kubectl` is on the PATH.
 */
export function kustomize(path: string, options: ManifestOptions = {}): Chart {
  const folder = resolve(path)
  if (!fileNames.some((name) => existsSync(join(folder, name)))) {
    throw new UsageError(
      `${path}: holds no kustomization, for it has no ${fileNames[0]} (looked at ${folder})`,
    )
  }
  const objects = readManifest(build(path, folder), (line) => `${path}: line ${line} of what it builds`)
  if (objects.length === 0) throw new UsageError(`${path}: builds no Kubernetes object`)
  return { ...chartOptions(options), name: options.name ?? basename(folder), objects }
}

function build(path: string, folder: string): string {
  for (const [command, args] of builders) {
    try {
      return runSync(command, [...args, folder], { timeoutMs }).stdout
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error
      if ((error.cause as { code?: string } | undefined)?.code === 'ENOENT') continue
      throw new UsageError(`${path}: ${command} cannot build it`, {
        ...(error.evidence && { evidence: error.evidence }),
        remedy: `Try it by hand: ${[command, ...args, path].join(' ')}`,
        cause: error,
      })
    }
  }
  throw new EnvironmentError(
    `${path}: is a kustomization, and neither kustomize nor kubectl is on the PATH`,
    {
      remedy: 'Install one of the two; kubectl has a Kustomize of its own.',
    },
  )
}
