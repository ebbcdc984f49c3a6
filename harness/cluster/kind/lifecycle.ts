import { rm } from 'node:fs/promises'
import { EnvironmentError } from '../../model/errors.ts'
import { realClock } from '../clock.ts'
import { untilHealthy } from '../health.ts'
import { connectKube } from '../kube-client.ts'
import { run } from '../process.ts'

export const clusterPrefix = 'rolypoly-'
/** As the journal names them: one that somebody has named by hand is theirs. */
const ownName = new RegExp(`^${clusterPrefix}[0-9a-f]{8}$`)

export interface KindClusterOptions {
  name: string
  /** How many nodes, the control plane among them: at least one. */
  nodes: number
  image: string
  /** Where its kubeconfig is written. */
  kubeconfig: string
  kindPath: string
  signal?: AbortSignal
}

const createWithinMs = 300_000
const healthyWithinMs = 180_000

/**
 * Makes a kind cluster and waits until it is healthy. Whatever goes wrong half-way, nothing of it is left.
 *
 * @throws EnvironmentError with kind's own output.
 */
export async function createKindCluster(options: KindClusterOptions): Promise<void> {
  const { name, nodes, image, kubeconfig, kindPath, signal } = options
  const args = [
    'create',
    'cluster',
    '--name',
    name,
    '--image',
    image,
    '--kubeconfig',
    kubeconfig,
    '--config',
    '-',
  ]
  try {
    await run(kindPath, args, { input: kindConfig(nodes), timeoutMs: createWithinMs, signal })
    const wrong = await untilHealthy(connectKube(kubeconfig), realClock, nodes, healthyWithinMs, signal)
    if (wrong) {
      throw new EnvironmentError(`Cluster ${name}: not healthy after three minutes: ${wrong}`, {
        remedy:
          '`rolypoly doctor` says what the machine lacks: many nodes at once need more inotify instances.',
      })
    }
  } catch (error) {
    await deleteKindCluster(name, kubeconfig, kindPath)
    throw error
  }
}

/** Deletes a kind cluster and its kubeconfig; a cluster that is not there is no error. */
export async function deleteKindCluster(name: string, kubeconfig: string, kindPath: string): Promise<void> {
  await run(kindPath, ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig], {
    timeoutMs: 120_000,
  })
  await rm(kubeconfig, { force: true })
  await rm(`${kubeconfig}.lock`, { force: true })
}

/** A kind cluster of rolypoly's that the Docker engine has. */
export interface FoundCluster {
  name: string
  /** When its oldest container was created, in milliseconds since the epoch. */
  createdMs: number
  /** Whether the container is there whose API server could be asked: one half deleted may lack it. */
  hasControlPlane: boolean
}

/** The clusters that are named as rolypoly names them, running or not. */
export async function listKindClusters(): Promise<FoundCluster[]> {
  const label = 'io.x-k8s.kind.cluster'
  const format = `{{.Label "${label}"}}\t{{.Label "io.x-k8s.kind.role"}}\t{{.CreatedAt}}`
  const { stdout } = await run('docker', ['ps', '--all', '--filter', `label=${label}`, '--format', format], {
    timeoutMs: 30_000,
  })
  return foundIn(stdout)
}

/** The clusters in the lines of `docker ps`: the cluster's name, the node's role, and when it was created. */
export function foundIn(lines: string): FoundCluster[] {
  const containers = lines.split('\n').map((line) => {
    const [name = '', role = '', created = ''] = line.split('\t')
    // As `2026-11-21 09:05:00 +0000 UTC`: the name of the zone says nothing that its offset does not.
    return { name, role, createdMs: Date.parse(created.replace(/ [A-Z]+$/, '')) }
  })
  const own = containers.filter(({ name }) => ownName.test(name))
  return [...Map.groupBy(own, ({ name }) => name)].map(([name, nodes]) => ({
    name,
    createdMs: Math.min(...nodes.map(({ createdMs }) => createdMs)),
    hasControlPlane: nodes.some(({ role }) => role === 'control-plane'),
  }))
}

function kindConfig(nodes: number): string {
  const roles = ['control-plane', ...Array<string>(nodes - 1).fill('worker')]
  return JSON.stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    nodes: roles.map((role) => ({ role })),
  })
}
