import { randomBytes, randomInt } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Cluster } from '../cluster/cluster.ts'
import { untilHealthy } from '../cluster/health.ts'
import { kindBinary } from '../cluster/kind/binary.ts'
import { connectKind } from '../cluster/kind/cluster.ts'
import { dockerFacts } from '../cluster/kind/docker.ts'
import { buildImage } from '../cluster/kind/images.ts'
import { chooseNodeImage } from '../cluster/kind/node-image.ts'
import type { NodeObject } from '../cluster/kube.ts'
import { isOffline } from '../cluster/offline.ts'
import { type OwnedCluster, type ProvideOptions, provideKindCluster } from '../journal/provide.ts'
import { sweep } from '../journal/sweep.ts'
import type { ClusterTiming } from '../model/cluster-timing.ts'
import { EnvironmentError, UsageError } from '../model/errors.ts'
import type { ClusterResult } from '../model/result.ts'
import { helperImage } from './helper-image.ts'
import type { RunInfo } from './run-info.ts'
import { readTiming, tellTiming } from './settings.ts'
import { openStopLine } from './stop-line.ts'

export type ClusterChoice = 'auto' | 'kind' | 'existing' | 'simulated'

export interface RunOptions {
  cluster: ClusterChoice
  nodes: number
  nodeImage?: string
  keep: boolean
  mode: 'normal' | 'control'
  /** The run's folder; `reports/runs/<id>` unless given. */
  report?: string
  say(line: string): void
  signal: AbortSignal
}

/** A run from its start on, whether or not its cluster is there yet. */
export interface Run {
  id: string
  folder: string
  mode: 'normal' | 'control'
  seed: number
  startedAt: string
  cluster?: ClusterResult
}

/** A run whose cluster is up. */
export interface StartedRun {
  info: RunInfo
  /** Stops every scenario that is running or still to come; each undoes what it did. */
  stop(why: string): void
  /** Deletes the cluster, or leaves it for reuse. */
  release(): Promise<void>
}

const controlPlane = 'node-role.kubernetes.io/control-plane'

/** Names a run and makes its folder. */
export async function beginRun(options: Pick<RunOptions, 'report' | 'mode'>): Promise<Run> {
  const startedAt = new Date().toISOString()
  const id = `${startedAt.slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${randomBytes(2).toString('hex')}`
  const folder = resolve(options.report ?? join('reports', 'runs', id))
  await mkdir(join(folder, 'recordings'), { recursive: true })
  return { id, folder, mode: options.mode, seed: randomInt(2 ** 31), startedAt }
}

/**
 * Brings up the run's cluster and what every scenario needs on it. Sweeps what dead runs left first.
 *
 * @throws UsageError or EnvironmentError, with nothing left behind.
 */
export async function startRun(run: Run, options: RunOptions): Promise<StartedRun> {
  const { say, signal } = options
  if (options.cluster === 'existing' || options.cluster === 'simulated') {
    throw new UsageError(`--cluster ${options.cluster}: this version knows kind clusters only`, {
      remedy: 'Leave the option out, or say --cluster kind.',
    })
  }
  const { path: kindPath, version } = await kindBinary({ onProgress: say, signal })
  const named = options.nodeImage ?? process.env.ROLYPOLY_NODE_IMAGE
  const facts = await dockerFacts({ named, signal })
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
  for (const line of (await sweep(kindPath, { nowMs: Date.now() })).undone) say(`swept: ${line}`)

  say(`cluster: kind ${version}, ${options.nodes} nodes of ${choice.image} (${choice.because})`)
  const provide = { nodes: options.nodes, image: choice.image, kindPath, keep: options.keep, signal }
  // The cluster takes longest; the helper image is built meanwhile.
  const helper = await helperImage()
  const built = buildImage(helper, signal)
  built.catch(() => undefined)
  const owned = await provideClean(provide, options)
  try {
    await built
    const cluster = connectKind(owned.name, owned.kubeconfig, kindPath)
    await cluster.provideImages({ built: [], used: [helper.name], behaviours: {} }, { into: 'all' })
    const { described, timing } = await describe(cluster)
    run.cluster = described
    say(
      `cluster: ${owned.name} is ${owned.reused ? 'reused' : 'up'}, Kubernetes ${run.cluster.kubernetesVersion}`,
    )
    const { name, kubeconfig } = owned
    const { id, folder, mode } = run
    const line = await openStopLine()
    return {
      info: {
        ...{ id, folder, mode, helperImage: helper.name, timing, stopLine: line.path },
        cluster: { provider: 'kind', name, kubeconfig, kindPath, nodes: options.nodes },
      },
      stop: (why) => line.stop(why),
      async release() {
        await line.close()
        await owned.release()
      },
    }
  } catch (error) {
    await owned.release()
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
      await cleanUp(connectKind(owned.name, owned.kubeconfig, provide.kindPath), nodes, signal)
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

/** A kept cluster may hold namespaces of a run that died in it. */
async function cleanUp({ kube, clock, name }: Cluster, nodes: number, signal: AbortSignal): Promise<void> {
  const labelSelector = 'app.kubernetes.io/managed-by=rolypoly'
  const left = await kube.list({ apiVersion: 'v1', kind: 'Namespace', labelSelector })
  for (const { metadata } of left.items) {
    await kube.delete({ apiVersion: 'v1', kind: 'Namespace', name: metadata?.name ?? '' })
  }
  const wrong = await untilHealthy(kube, clock, nodes, 120_000, signal)
  if (!wrong) return
  throw new EnvironmentError(`Cluster ${name}: is not healthy: ${wrong}`)
}

async function describe(cluster: Cluster): Promise<{ described: ClusterResult; timing: ClusterTiming }> {
  const { kube, name, provider, capabilities } = cluster
  const [version, { items }] = await Promise.all([
    kube.raw('/version'),
    kube.list<NodeObject>({ apiVersion: 'v1', kind: 'Node' }),
  ])
  const { gitVersion } = JSON.parse(version) as { gitVersion: string }
  const nodes = items.map(({ metadata }) => ({
    name: metadata?.name ?? '',
    role: metadata?.labels?.[controlPlane] === undefined ? 'worker' : 'control-plane',
  }))
  const timing = await readTiming(kube, gitVersion, nodes[0]?.name ?? '')
  const described = {
    ...{ provider, name, kubernetesVersion: gitVersion, nodes },
    capabilities: [...capabilities].sort(),
    settings: tellTiming(timing),
  }
  return { described, timing }
}
