import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeObject } from '../../harness/cluster/kube.ts'
import { connectKube } from '../../harness/cluster/kube-client.ts'
import { run } from '../../harness/cluster/process.ts'

/** What a cluster looks like, as lines: two of them alike have nothing that the other has not. */
export type Fingerprint = string[]

/**
 * Looks for itself, and asks nothing of the code that is judged by it: every container of the cluster, every Node with
 * its labels, annotations and taints, every namespace; and on every node its rules, mounts, manifests, services, whatever
 * is stopped, and what was started from outside; and, on this machine, every process with `mark` in its environment.
 */
export async function fingerprint(cluster: string, kubeconfig: string, mark: string): Promise<Fingerprint> {
  const containers = await docker('ps', '--all', '--format', '{{.Names}} is {{.State}}')
  const ours = containers.split('\n').filter((line) => line.startsWith(`${cluster}-`))
  const onNodes = ours.map(async (line) => {
    const [node = '', , state] = line.split(' ')
    if (state !== 'running') return []
    const seen = await docker('exec', node, 'sh', '-c', look)
    return seen.split('\n').map((one) => `${node}: ${one}`)
  })
  const inCluster = [...(await Promise.all(onNodes)).flat(), ...(await objects(kubeconfig))]
  return [...ours, ...inCluster, ...(await marked(mark))].toSorted()
}

/** The processes on this machine that have this variable, as `NAME=value`: a process leaves it to all that it starts. */
export async function marked(variable: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = pids.map(async (pid) => {
    const environment = await listed(pid, 'environ')
    if (!environment.includes(variable)) return []
    return [`on this machine: ${(await listed(pid, 'cmdline')).join(' ').slice(0, 60)}`]
  })
  return (await Promise.all(found)).flat()
}

/** A list that the kernel ends each part of with a zero; empty where the process is gone. */
async function listed(pid: string, file: string): Promise<string[]> {
  const text = await readFile(join('/proc', pid, file), 'utf8').catch(() => '')
  return text.split('\0').slice(0, -1)
}

/** What the one has and the other has not. */
export function difference(before: Fingerprint, after: Fingerprint): string[] {
  const missing = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`)
  const added = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`)
  return [...missing, ...added]
}

async function objects(kubeconfig: string): Promise<string[]> {
  const kube = connectKube(kubeconfig)
  const { items: nodes } = await kube.list<NodeObject>({ apiVersion: 'v1', kind: 'Node' })
  const { items: namespaces } = await kube.list({ apiVersion: 'v1', kind: 'Namespace' })
  return [
    ...nodes.map(({ metadata, spec, status }) => {
      const { name, labels, annotations } = metadata ?? {}
      const { podCIDR, providerID, taints, unschedulable } = spec ?? {}
      const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status
      return `Node ${JSON.stringify({ name, labels, annotations, podCIDR, providerID, taints, unschedulable, ready })}`
    }),
    ...namespaces.map(({ metadata }) => `Namespace ${metadata?.name}`),
  ]
}

/** The kubelet writes to its own pods' folders all the time: only what no pod accounts for is looked at. */
const look = `
for unit in kubelet containerd; do echo "$unit is $(systemctl is-active $unit)"; done
nft list tables
ls /etc/kubernetes /etc/kubernetes/manifests
awk '$5 ~ /runc|rolypoly/ { print "mount " $5 }' /proc/self/mountinfo
ls /run/rolypoly/exec 2>/dev/null | grep -v '^lock$'
grep -ls '^State:[[:space:]]T' /proc/[0-9]*/status | sed 's/.*/a stopped process/'
ps -eo args= | grep -E '^(bash -c|sleep 3600)' | cut -c 1-60
true
`

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { timeoutMs: 60_000 })
  return stdout.trim()
}
