import { statSync } from 'node:fs'
import { KubeConfig } from '@kubernetes/client-node'
import { UsageError } from '../model/errors.ts'

/** Certificates and tokens of hundreds of clusters need no more. */
const limitBytes = 16 * 1024 * 1024

/**
 * Reads a kubeconfig file.
 *
 * @throws UsageError where it is none. It shows no line of the file: a token may stand there.
 */
export function readKubeconfig(path: string): KubeConfig {
  const config = new KubeConfig()
  try {
    refuseOther(path)
    config.loadFromFile(path)
    return config
  } catch (error) {
    const { code, mark, message } = error as { code?: string; mark?: { line?: number }; message?: string }
    const line = mark?.line === undefined ? '' : `:${mark.line + 1}`
    const why = code ?? (mark ? 'it is not YAML' : (message ?? '').split('\n')[0])
    throw new UsageError(`${path}${line}: is no kubeconfig that can be read: ${why}`, {
      remedy: 'See whether kubectl can read it: kubectl config view --kubeconfig FILE.',
    })
  }
}

function refuseOther(path: string): void {
  const found = statSync(path)
  if (found.isDirectory()) throw new Error('it is a folder')
  // Each scenario reads it anew.
  if (!found.isFile()) throw new Error('it is no file, and a pipe could be read only once')
  if (found.size > limitBytes) throw new Error('it is larger than 16 MiB')
}

/** @throws UsageError where the current context leads to no cluster; `where` is the file, or files. */
export function refuseClusterless(config: KubeConfig, where: string): void {
  if (config.getCurrentCluster()) return
  const there = config.getContexts().map(({ name }) => name)
  const called = JSON.stringify(config.getCurrentContext() ?? '')
  throw new UsageError(`${where}: its context ${called} names no cluster that is in it`, {
    evidence: there.length > 0 ? `It has the contexts ${there.join(', ')}` : 'It has no context',
  })
}
