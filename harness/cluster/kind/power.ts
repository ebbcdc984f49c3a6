import pRetry from 'p-retry'
import type { NodePower, NodeState } from '../cluster.ts'
import { run } from '../process.ts'
import { followHere } from './follow.ts'

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
  async followPauses(nodes, onPause, signal) {
    const which = [...nodes.map((node) => `container=${node}`), 'event=pause']
    const filters = which.flatMap((filter) => ['--filter', filter])
    await followHere(
      ['docker', 'events', ...filters, '--format', '{{.Actor.Attributes.name}}'],
      onPause,
      signal,
    )
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

/** Runs docker, and gives what it printed. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { timeoutMs })
  return stdout.trim()
}
