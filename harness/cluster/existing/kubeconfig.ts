import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { UsageError } from '../../model/errors.ts'
import { readKubeconfig, refuseClusterless } from '../kubeconfig.ts'

/** Which cluster a user means. */
export interface ContextChoice {
  /** Always named: the current context is another program's business. */
  context?: string | undefined
  /** A file in place of `$KUBECONFIG` and `~/.kube/config`. */
  kubeconfig?: string | undefined
}

/**
 * The files that a kubeconfig is read from: the one that was named, else those of `$KUBECONFIG`, else `~/.kube/config`.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
export function kubeconfigFiles(named: string | undefined, env: NodeJS.ProcessEnv): string[] {
  if (named !== undefined) return [named]
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '')
  return listed.length > 0 ? listed : [join(env.HOME || homedir(), '.kube', 'config')]
}

/**
 * Reads a kubeconfig and takes the context that was named. Nothing is written, nothing is sent.
 *
 * @throws UsageError where no context is named, or there is none of that name; it lists those that there are.
 */
export function readContext({ context, kubeconfig }: ContextChoice, env: NodeJS.ProcessEnv): KubeConfig {
  const files = kubeconfigFiles(kubeconfig, env)
  const config = mergeFiles(files, kubeconfig !== undefined)
  const names = config.getContexts().map(({ name }) => name)
  const evidence = `${files.join(', ')} ${names.length > 0 ? `has the contexts:\n${names.join('\n')}` : 'has no context'}`
  if (context === undefined) {
    throw new UsageError('--cluster existing: no context is named, and the current one is not taken for it', {
      evidence,
      remedy: 'Say which cluster is meant: --context NAME',
    })
  }
  if (!names.includes(context)) {
    throw new UsageError(`--context ${context}: there is no such context`, {
      evidence,
      remedy: 'Name one of those, or another file: --kubeconfig FILE',
    })
  }
  config.setCurrentContext(context)
  refuseClusterless(config, files.join(', '))
  return config
}

/** Of several files, the first that has a name says what it means, as for kubectl; a listed one may be missing. */
function mergeFiles(files: string[], mustExist: boolean): KubeConfig {
  const merged = new KubeConfig()
  const had = new Set<string>()
  const isNew = (what: string, name: string) => {
    const key = `${what} ${name}`
    return had.size < had.add(key).size
  }
  for (const file of files) {
    if (!existsSync(file)) {
      if (!mustExist) continue
      throw new UsageError(`--kubeconfig ${file}: there is no such file`)
    }
    const one = readKubeconfig(file)
    for (const cluster of one.clusters) if (isNew('cluster', cluster.name)) merged.addCluster(cluster)
    for (const user of one.users) if (isNew('user', user.name)) merged.addUser(user)
    for (const context of one.contexts) if (isNew('context', context.name)) merged.addContext(context)
  }
  return merged
}
