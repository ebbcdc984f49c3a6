import { readdir, readFile, readlink } from 'node:fs/promises'
import type { Cluster } from '../../harness/cluster/cluster.ts'
import { tryRun } from '../../harness/cluster/process.ts'
import { roleLabel } from '../../harness/model/limits.ts'
import type { Limit, Sample } from './flat.ts'

/** MiB of memory; all else are counts. Of what is open at the same place of each round there may be two more. */
export const limits: Record<string, Limit> = {
  rss: { share: 0.1, atLeast: 16 },
  heap: { share: 0.1, atLeast: 6 },
  files: { share: 0, atLeast: 2 },
  sockets: { share: 0, atLeast: 2 },
  handles: { share: 0, atLeast: 2 },
  children: { share: 0, atLeast: 1 },
  watches: { share: 0, atLeast: 4 },
  namespaces: { share: 0, atLeast: 1 },
  pods: { share: 0, atLeast: 1 },
  nodeProcesses: { share: 0, atLeast: 2 },
}

/** Takes stock of this process, of the API server's watches and of what there is of rolypoly's on the cluster. */
export async function takeSample(cluster: Cluster): Promise<Sample> {
  const [watches, namespaces, pods, nodeProcesses] = await Promise.all([
    watchesOf(cluster),
    countOf(cluster, 'Namespace', 'app.kubernetes.io/managed-by=rolypoly'),
    countOf(cluster, 'Pod', roleLabel),
    processesOnNodes(cluster),
  ])
  await collect()
  const { rss, heapUsed } = process.memoryUsage()
  const links = await openFiles()
  const handles = process.getActiveResourcesInfo()
  return {
    ...{ rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20 },
    ...{ files: links.length, sockets: links.filter((link) => link.startsWith('socket:')).length },
    ...{ handles: handles.length, children: await childrenOf(process.pid) },
    ...{ watches, namespaces, pods, nodeProcesses },
  }
}

async function collect(): Promise<void> {
  for (let times = 0; times < 3; times++) {
    globalThis.gc?.()
    await new Promise(setImmediate)
  }
}

async function openFiles(): Promise<string[]> {
  const names = await readdir('/proc/self/fd')
  const links = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')))
  return links.filter(Boolean)
}

async function childrenOf(pid: number): Promise<number> {
  const tasks = await readdir(`/proc/${pid}/task`)
  const read = tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => ''))
  return (await Promise.all(read)).join(' ').split(' ').filter(Boolean).length
}

/** https://kubernetes.io/docs/reference/instrumentation/metrics/: apiserver_longrunning_requests, by verb. */
async function watchesOf({ kube }: Cluster): Promise<number> {
  const lines = (await kube.raw('/metrics')).split('\n')
  return lines
    .filter((line) => line.startsWith('apiserver_longrunning_requests{') && line.includes('verb="WATCH"'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}

async function countOf({ kube }: Cluster, kind: string, labelSelector: string): Promise<number> {
  return (await kube.list({ apiVersion: 'v1', kind, labelSelector })).items.length
}

/** What rolypoly starts on nodes and must not leave: those that follow, and the shells that hold them. */
async function processesOnNodes({ kube }: Cluster): Promise<number> {
  const nodes = (await kube.list({ apiVersion: 'v1', kind: 'Node' })).items
  const told = await Promise.all(
    nodes.map(({ metadata }) => tryRun('docker', ['top', metadata?.name ?? '', '-eo', 'pid,args'])),
  )
  return told
    .flatMap(({ stdout }) => stdout.split('\n'))
    .filter((line) => /conntrack|journalctl|\bctr\b/.test(line)).length
}
