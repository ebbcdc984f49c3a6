import pRetry from 'p-retry'
import type { NodeControl, NodeState } from '../cluster.ts'
import { onNode } from './on-node.ts'
import { docker, stateOf } from './power.ts'

const mendsWithinMs = 60_000

/** A node's machine, and Docker's word for what it is doing. */
export interface FoundMachine {
  node: string
  status: string
}

/** A node's machine, once it is mended. */
export interface Mended {
  node: string
  /** What was undone, a sentence each. */
  undone: string[]
  /** Its containers ended with it. */
  rebooted: boolean
}

/** The nodes' machines of a kind cluster, running or not. */
export async function machinesOf(cluster: string): Promise<FoundMachine[]> {
  const label = `label=io.x-k8s.kind.cluster=${cluster}`
  const lines = await docker('ps', '--all', '--filter', label, '--format', '{{.Names}} {{.State}}')
  return lines
    .split('\n')
    .filter((line) => line.length > 0)
    .map((line) => {
      const [node = '', status = ''] = line.split(' ')
      return { node, status }
    })
}

/**
 * Undoes what a fault may have left of a node's machine: turned off, frozen, without its kubelet, cut off, with a probe's
 * traffic redirected or a gate before its runtime, with processes of its containers stopped, or without the manifest of a
 * static pod. All of it is seen on the machine itself, whatever anybody has written down.
 *
 * @throws EnvironmentError where the machine does not come back.
 */
export async function mendMachine(nodes: NodeControl, { node, status }: FoundMachine): Promise<Mended> {
  const mended: Mended = { node, undone: [], rebooted: false }
  // What the dead run had just asked for may be done only now, and what is left of it may undo the same.
  await pRetry((attempt) => mendOnce(nodes, mended, attempt === 1 ? stateOf(status) : undefined), {
    ...{ retries: 3, minTimeout: 200, factor: 2 },
  })
  return mended
}

async function mendOnce(nodes: NodeControl, mended: Mended, known: NodeState | undefined): Promise<void> {
  const { node, undone } = mended
  const state = known ?? (await nodes.state(node))
  if (state === 'stopped') {
    await nodes.start(node)
    undone.push(`turned ${node} on`)
    mended.rebooted = true
  }
  if (state === 'paused') {
    await nodes.unpause(node)
    undone.push(`let ${node} go on`)
  }
  const said = await nodes.exec(node, ['bash', '-c', mendScript], { timeoutMs: mendsWithinMs })
  undone.push(
    ...said
      .split('\n')
      .filter((line) => line.startsWith(didMark))
      .map((line) => `${line.slice(didMark.length)} on ${node}`),
  )
}

/** Has a kubelet register its node, which it does when it starts. */
export async function registerAgain(nodes: NodeControl, node: string): Promise<void> {
  await nodes.kubelet(node, 'stop')
  await nodes.kubelet(node, 'start')
}

const didMark = 'undid: '

/** Says what it undoes. A node that is just turned on has systemd only a moment later. */
const mendScript = `
did() { echo "${didMark}$*"; }
for i in $(seq 100); do systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded|starting' && break; sleep 0.1; done
nft list tables 2>/dev/null | awk '$3 ~ /^${onNode.tables}/ { print $2, $3 }' | while read -r family name; do
  nft delete table "$family" "$name" && did "took the rules of the table $name away"
done
for away in ${onNode.manifestAway}*.yaml; do
  [ -f "$away" ] || continue
  component=\${away#${onNode.manifestAway}}
  mv -n "$away" "${onNode.manifests}/$component" && did "gave the manifest of \${component%.yaml} back"
done
grep -ls '^State:[[:space:]]T' /proc/[0-9]*/status | cut -d / -f 3 | while read -r process; do
  grep -qs kubepods "/proc/$process/cgroup" || continue
  kill -CONT "$process" && did "let process $process of a container go on"
done
runc=$(readlink -f "$(command -v runc)")
rm -f ${onNode.orders}/*.order
while awk -v path="$runc" '$5 == path { found = 1 } END { exit !found }' /proc/self/mountinfo; do
  umount --lazy "$runc" || break
  did "took the gate before $runc away"
done
case $(systemctl show --property ActiveState --value kubelet) in
  inactive | failed) systemctl start kubelet && did 'started the kubelet' ;;
esac
true
`
