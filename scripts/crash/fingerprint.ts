import type { NodeObject } from '../../harness/cluster/kube.ts'
import { connectKube } from '../../harness/cluster/kube-client.ts'
import { run } from '../../harness/cluster/process.ts'

/** What a cluster looks like, as lines: two of them alike have nothing that the other has not. */
export type Fingerprint = string[]

/**
 * Looks for itself, and asks nothing of the code that is judged by it: every container of the cluster, every Node with
 * its labels, annotations and taints, every namespace; and on every node its rules, mounts, manifests, services, whatever
 * is stopped, and what was started from outside.
 */
export async function fingerprint(cluster: string, kubeconfig: string): Promise<Fingerprint> {
  const containers = await docker('ps', '--all', '--format', '{{.Names}} is {{.State}}')
  const ours = containers.split('\n').filter((line) => line.startsWith(`${cluster}-`))
  const onNodes = ours.map(async (line) => {
    const [node = '', , state] = line.split(' ')
    if (state !== 'running') return []
    const seen = await docker('exec', node, 'sh', '-c', look)
    return seen.split('\n').map((one) => `${node}: ${one}`)
  })
  return [...ours, ...(await Promise.all(onNodes)).flat(), ...(await objects(kubeconfig))].toSorted()
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
