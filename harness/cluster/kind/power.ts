import pRetry from 'p-retry'
import type { NodePower, NodeState } from '../cluster.ts'
import { run } from '../process.ts'

const timeoutMs = 60_000

/** A node of kind's is a container of the Docker engine: its state is the container's. */
export const kindPower: NodePower = {
  async state(node) {
    return stateOf(await docker('inspect', '--format', '{{.State.Status}}', node))
  },
  // `docker stop` would first tell the node's systemd, which may begin to stop what runs on it.
  async stop(node) {
    await docker('kill', node)
  },
  async start(node) {
    await docker('start', node)
  },
  // Where too much goes on at once, runc gives up ("unable to freeze") and lets it all go on.
  async pause(node) {
    await pRetry(() => docker('pause', node), { retries: 6, minTimeout: 50, factor: 2 })
  },
  async unpause(node) {
    await docker('unpause', node)
  },
  async kubelet(node, act) {
    await docker('exec', node, 'systemctl', act, 'kubelet')
    return docker('exec', node, 'systemctl', 'show', '--property', 'ActiveState', '--value', 'kubelet')
  },
}

/** Docker's word for a container's state as a node's: it also knows `created`, `restarting`, `exited` and `dead`. */
export function stateOf(status: string): NodeState {
  return status === 'running' || status === 'paused' ? status : 'stopped'
}

/** Those of faults that stand in the way of a node's traffic: their names say whose they are. */
const dropTables = `nft list tables | awk '$3 ~ /^rolypoly_/ { print $2, $3 }' | while read -r table; do nft delete table $table; done`

/**
 * Brings back what a dead run may have left of a cluster's nodes: turned off, frozen, cut off, or without a kubelet.
 * Whether they are well then is another matter.
 */
export async function reviveNodes(cluster: string): Promise<void> {
  const label = `label=io.x-k8s.kind.cluster=${cluster}`
  const nodes = await docker('ps', '--all', '--filter', label, '--format', '{{.Names}} {{.State}}')
  const revived = nodes.split('\n').map(async (line) => {
    const [node = '', status = ''] = line.split(' ')
    const state = stateOf(status)
    if (state === 'stopped') return kindPower.start(node) // its kubelet with it
    if (state === 'paused') await kindPower.unpause(node)
    await docker('exec', node, 'bash', '-c', dropTables)
    await kindPower.kubelet(node, 'start')
  })
  await Promise.all(revived)
}

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { timeoutMs })
  return stdout.trim()
}
