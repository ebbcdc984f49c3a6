import { kindBinary } from '../cluster/kind/binary.ts'
import { connectKind } from '../cluster/kind/cluster.ts'
import { type DockerFacts, dockerFacts } from '../cluster/kind/docker.ts'
import { buildImage } from '../cluster/kind/images.ts'
import { chooseNodeImage } from '../cluster/kind/node-image.ts'
import { isOffline } from '../cluster/offline.ts'
import { type HeldCluster, holdCluster } from '../journal/cluster-lease.ts'
import { startGuard } from '../journal/guard.ts'
import { mend } from '../journal/mend.ts'
import { type OwnedCluster, type ProvideOptions, provideKindCluster } from '../journal/provide.ts'
import { sweep } from '../journal/sweep.ts'
import { EnvironmentError } from '../model/errors.ts'
import { describeCluster } from './describe.ts'
import { helperImage } from './helper-image.ts'
import type { Run, RunOptions, UpCluster } from './run.ts'

/**
 * Brings up a kind cluster, with the image of rolypoly's own pods in its nodes. Sweeps what dead runs left first.
 *
 * @throws UsageError or EnvironmentError, with nothing left behind.
 */
export async function bringUpKind(
  known: DockerFacts | undefined,
  { id }: Run,
  options: RunOptions,
): Promise<UpCluster> {
  const { say, signal } = options
  const { path: kindPath, version } = await kindBinary({ onProgress: say, signal })
  const named = options.nodeImage ?? process.env.ROLYPOLY_NODE_IMAGE
  const facts = known ?? (await dockerFacts({ named, signal }))
  const choice = chooseNodeImage({
    option: options.nodeImage,
    env: process.env,
    present: facts.nodeImages,
    cgroupVersion: facts.cgroupVersion,
  })
  if (choice.pull && isOffline(process.env)) {
    throw new EnvironmentError(
      `Node image ${choice.image}: is not present, and ROLYPOLY_OFFLINE forbids to pull it`,
      { remedy: `Bring it here with: docker pull ${choice.image}` },
    )
  }
  const { undone, left } = await sweep(kindPath, { nowMs: Date.now() })
  for (const line of undone) say(`swept: ${line}`)
  for (const line of left) say(`left: ${line}`)

  say(`cluster: kind ${version}, ${options.nodes} nodes of ${choice.image} (${choice.because})`)
  const guard = await startGuard(kindPath)
  const provide = { nodes: options.nodes, image: choice.image, kindPath, keep: options.keep, signal }
  // The cluster takes longest; the helper image is built meanwhile.
  const helper = await helperImage()
  const built = buildImage(helper, signal)
  built.catch(() => undefined)
  const owned = await provideClean(provide, options)
  const { name, kubeconfig } = owned
  const cluster = connectKind(name, kubeconfig, kindPath)
  let held: HeldCluster | undefined
  const release = async () => {
    // One that is kept may have to be mended yet, which others are to wait for; one that is deleted takes no Lease.
    const inOrder = options.keep ? [owned, held] : [held, owned]
    try {
      await inOrder[0]?.release()
    } finally {
      await inOrder[1]?.release()
    }
  }
  try {
    held = await holdCluster(cluster.kube, options.keep)
    await built
    await cluster.provideImages({ built: [], used: [helper.name], behaviours: {} }, { into: 'all', signal })
    const { described, timing } = await describeCluster(cluster)
    say(`cluster: ${name} is ${owned.reused ? 'reused' : 'up'}, Kubernetes ${described.kubernetesVersion}`)
    return {
      ...{ described, timing, helperImage: helper.name, limits: { run: id, nodes: 'all' } },
      async release() {
        await release()
        guard.dismiss()
      },
      cluster: { provider: 'kind', name, kubeconfig, kindPath, nodes: options.nodes },
    }
  } catch (error) {
    // The guard stays: this process ends now, and it sweeps what that may have left.
    await release()
    throw error
  }
}

/** A kept cluster that is not healthy is of no use to anyone: it goes, and a new one is made. */
async function provideClean(
  provide: ProvideOptions,
  { nodes, signal, say }: RunOptions,
): Promise<OwnedCluster> {
  for (;;) {
    const owned = await provideKindCluster(provide)
    if (!owned.reused) return owned
    try {
      const kept = { cluster: owned.name, kubeconfig: owned.kubeconfig, nodes }
      // Docker may have been started anew since, or somebody else been at work in it.
      for (const line of await mend(kept, provide.kindPath, signal)) say(`cluster: ${line}`)
      return owned
    } catch (error) {
      if (signal.aborted) {
        await owned.release()
        throw error
      }
      say(
        `cluster: ${owned.name} was kept, and is deleted: ${error instanceof Error ? error.message : error}`,
      )
      await owned.discard()
    }
  }
}
