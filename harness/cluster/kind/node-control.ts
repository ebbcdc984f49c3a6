import type { NodeControl } from '../cluster.ts'
import { run } from '../process.ts'
import { followInNode } from './follow.ts'
import { kindPower } from './power.ts'

const usualMs = 30_000

/** The nodes of any kind cluster of this Docker engine, by their containers' names. */
export const kindNodes: NodeControl = {
  ...kindPower,
  async exec(node, command, { timeoutMs = usualMs } = {}) {
    const { stdout } = await run('docker', ['exec', node, ...command], { timeoutMs })
    return stdout
  },
  follow: followInNode,
}
