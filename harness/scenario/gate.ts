import { untilHealthy, untilNodesWell } from '../cluster/health.ts'
import { EnvironmentError } from '../model/errors.ts'
import type { Play } from './play.ts'

const repairMs = 180_000

/**
 * Before and after a scenario that hurts nodes: the cluster is healthy. Of a cluster that the run did not make, only the
 * nodes that it may hurt are looked at: all else is its owner's.
 *
 * @throws EnvironmentError where it is not within three minutes; the signal's reason.
 */
export async function gate(
  { cluster, run, title }: Pick<Play, 'cluster' | 'run' | 'title'>,
  when: 'before' | 'after',
  signal: AbortSignal | undefined,
): Promise<void> {
  const { kube, clock, name } = cluster
  const { cluster: access, limits } = run
  const wrong =
    access.provider === 'existing'
      ? await untilNodesWell(
          kube,
          clock,
          limits?.nodes === 'all' ? [] : (limits?.nodes ?? []),
          repairMs,
          signal,
        )
      : await untilHealthy(kube, clock, access.nodes, repairMs, signal)
  if (wrong) throw new EnvironmentError(`Cluster ${name}: not healthy ${when} scenario "${title}": ${wrong}`)
}
