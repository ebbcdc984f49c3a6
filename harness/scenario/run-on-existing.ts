import { realClock } from '../cluster/clock.ts'
import { refuseUnpermitted } from '../cluster/existing/access-review.ts'
import { connectExisting } from '../cluster/existing/cluster.ts'
import { readContext } from '../cluster/existing/kubeconfig.ts'
import type { Kube, KubeObject } from '../cluster/kube.ts'
import { kubeOf } from '../cluster/kube-client.ts'
import { untilObjects } from '../cluster/until.ts'
import { sweepContext } from '../journal/sweep-context.ts'
import { counted } from '../model/counted.ts'
import { EnvironmentError } from '../model/errors.ts'
import { runLabel } from '../model/limits.ts'
import { describeCluster } from './describe.ts'
import { accessOf, type ExistingOptions } from './existing-options.ts'
import { helperImage } from './helper-image.ts'
import type { Run, RunOptions, UpCluster } from './run.ts'

const goneWithinMs = 120_000

/**
 * Takes a cluster that somebody else made, by the context that was named. Sweeps there what dead runs left first; at the
 * end it waits until the run's own namespaces are gone.
 *
 * @throws UsageError or EnvironmentError, with nothing left behind.
 */
export async function bringUpExisting(
  existing: ExistingOptions,
  { id }: Run,
  { say, signal }: RunOptions,
): Promise<UpCluster> {
  const kube = kubeOf(readContext(existing, process.env))
  const { context = '', allowNodeFaults, atMostHurt } = existing
  const access = accessOf(existing, id)
  await refuseUnpermitted(kube, context)
  const cluster = connectExisting(access)
  const { described, timing } = await describeCluster(cluster)
  const { undone, left } = await sweepContext(kube)
  for (const line of undone) say(`swept: ${line}`)
  for (const line of left) say(`left: ${line}`)
  signal.throwIfAborted()
  const nodes = allowNodeFaults.length > 0 ? ` and ${allowNodeFaults.join(', ')}` : ''
  say(
    `cluster: ${context}, Kubernetes ${described.kubernetesVersion}, made by somebody else: the run touches its own namespaces${nodes}, and hurts at most ${counted(atMostHurt, 'pod')} at once`,
  )
  if (existing.helperImage === undefined) {
    say('cluster: without --helper-image no traffic can be sent: scenarios that send some are skipped')
  } else {
    const { name } = await helperImage()
    const tag = name.slice(name.indexOf(':'))
    if (!existing.helperImage.endsWith(tag))
      say(`cluster: --helper-image ${existing.helperImage}: this version's own ends in ${tag}`)
  }
  return {
    ...{ described, timing },
    ...(existing.helperImage !== undefined && { helperImage: existing.helperImage }),
    limits: { run: id, nodes: allowNodeFaults, atMostHurt },
    cluster: { provider: 'existing', nodes: described.nodes.length, ...access },
    async release() {
      const still = await untilGone(kube, id)
      if (still.length === 0) return
      const names = still.map((name) => `Namespace/${name}`).join(', ')
      throw new EnvironmentError(`${names}: was deleted, and is still there after two minutes`, {
        remedy:
          'See what holds it: `kubectl get namespace NAME --output yaml` tells under status.conditions.',
      })
    },
  }
}

/** The namespaces of a run that are still there at the end. */
async function untilGone(kube: Kube, run: string): Promise<string[]> {
  let still: string[] = []
  const areGone = (namespaces: KubeObject[]) => {
    still = namespaces.map(({ metadata }) => metadata?.name ?? '')
    return still.length === 0
  }
  const own = { apiVersion: 'v1', kind: 'Namespace', labelSelector: `${runLabel}=${run}` }
  await untilObjects(kube, realClock, own, areGone, goneWithinMs)
  return still
}
