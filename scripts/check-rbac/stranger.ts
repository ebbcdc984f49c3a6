import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { realClock } from '../../harness/cluster/clock.ts'
import { untilHealthy } from '../../harness/cluster/health.ts'
import { kindBinary } from '../../harness/cluster/kind/binary.ts'
import { connectKind } from '../../harness/cluster/kind/cluster.ts'
import { dockerFacts } from '../../harness/cluster/kind/docker.ts'
import { deleteKindCluster } from '../../harness/cluster/kind/lifecycle.ts'
import { chooseNodeImage } from '../../harness/cluster/kind/node-image.ts'
import type { Kube } from '../../harness/cluster/kube.ts'
import { connectKube } from '../../harness/cluster/kube-client.ts'
import { run } from '../../harness/cluster/process.ts'
import { EnvironmentError } from '../../harness/model/errors.ts'
import type { LocalImage } from '../../harness/model/image.ts'

/** A kind cluster that no run made, whose API server writes down every request. */
export interface Stranger {
  /** As its administrator. */
  kube: Kube
  /** The administrator's. */
  kubeconfig: string
  worker: string
  loadImages(images: LocalImage[]): Promise<void>
  /** All that was asked of it so far. */
  audit(): Promise<string>
  /** Deletes it. */
  remove(): Promise<void>
}

const logPath = '/var/log/kubernetes/audit.log'
const policyFolder = '/etc/kubernetes/audit'

/**
 * Makes one of a control plane and a worker, or takes the one that its folder has the kubeconfig of. It is
 * named as rolypoly names its own, so that `rolypoly sweep` finds it where this process dies; no journal knows it.
 *
 * @param users whose requests are written down
 */
export async function openStranger(name: string, folder: string, users: string[]): Promise<Stranger> {
  const say = (line: string) => console.log(line)
  const { path: kindPath } = await kindBinary({ onProgress: say })
  const kubeconfig = join(folder, 'admin.kubeconfig')
  const remove = () => deleteKindCluster(name, kubeconfig, kindPath)
  if (!existsSync(kubeconfig)) {
    try {
      await make(name, join(folder, 'policy'), kubeconfig, kindPath, users)
    } catch (error) {
      await remove()
      throw error
    }
  }
  const { kube, nodes, provideImages } = connectKind(name, kubeconfig, kindPath)
  return {
    ...{ kube, kubeconfig, worker: `${name}-worker`, remove },
    loadImages: (images) => provideImages({ built: images, used: [], behaviours: {} }, { into: 'all' }),
    audit: () => nodes.exec(`${name}-control-plane`, ['cat', logPath]),
  }
}

async function make(
  name: string,
  policy: string,
  kubeconfig: string,
  kindPath: string,
  users: string[],
): Promise<void> {
  const { nodeImages, cgroupVersion } = await dockerFacts({})
  const { image } = chooseNodeImage({
    ...{ option: undefined, env: process.env, present: nodeImages, cgroupVersion },
  })
  await mkdir(policy, { recursive: true })
  await writeFile(join(policy, 'policy.yaml'), JSON.stringify(policyOf(users)))
  const args = ['create', 'cluster', '--name', name, '--image', image, '--kubeconfig', kubeconfig]
  const input = JSON.stringify(kindConfig(policy))
  await run(kindPath, [...args, '--config', '-'], { input, timeoutMs: 300_000 })
  const wrong = await untilHealthy(connectKube(kubeconfig), realClock, 2, 180_000)
  if (wrong) throw new EnvironmentError(`Cluster ${name}: not healthy after three minutes: ${wrong}`)
}

function policyOf(users: string[]): object {
  const rules = [{ level: 'Metadata', users }, { level: 'None' }]
  return { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules }
}

/** kubeadm's arguments are a map up to v1beta3 and a list from v1beta4 on; the patch of another version is passed over. */
function kindConfig(policy: string): object {
  const args = { 'audit-log-path': logPath, 'audit-policy-file': `${policyFolder}/policy.yaml` }
  const extraVolumes = [
    { name: 'audit-policy', hostPath: policyFolder, mountPath: policyFolder, readOnly: true },
    { name: 'audit-log', hostPath: '/var/log/kubernetes', mountPath: '/var/log/kubernetes' },
  ].map((volume) => ({ ...volume, pathType: 'DirectoryOrCreate' }))
  const patch = (version: string, extraArgs: object) =>
    JSON.stringify({
      ...{ apiVersion: `kubeadm.k8s.io/${version}`, kind: 'ClusterConfiguration' },
      apiServer: { extraArgs, extraVolumes },
    })
  const listed = Object.entries(args).map(([name, value]) => ({ name, value }))
  return {
    ...{ kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4' },
    kubeadmConfigPatches: [patch('v1beta3', args), patch('v1beta4', listed)],
    nodes: [
      {
        role: 'control-plane',
        extraMounts: [{ hostPath: policy, containerPath: policyFolder, readOnly: true }],
      },
      { role: 'worker' },
    ],
  }
}
