import { readEpochAtZero } from '../cluster/clock.ts'
import { onNode } from '../cluster/kind/on-node.ts'
import type { Stage } from '../workload/stage.ts'
import { gate, gateKeeper, hangs } from './exec-gate-scripts.ts'
import { HelperLines } from './helper-lines.ts'
import { orReverted } from './or-reverted.ts'

export interface ExecGateOptions {
  stage: Stage
  node: string
  podUid: string
  container: string
  /** As the kubelet has it run. */
  command: string[]
  /** How it ends; undefined where it is to hang until it is killed. */
  exitCode: number | undefined
  /** It has failed a probe, at this time of the recording. */
  onFailed(atMs: number): void
}

const { gate: library, orders } = onNode
const startsWithinMs = 30_000

/**
 * Makes one command fail in one container of a pod, in every incarnation of it, whoever asks the node's runtime for it.
 * A command has no address that it could be told by, and its program may be the shell that everything else in the
 * container runs in: so a gate is put before the runtime, whose every call names its container and its command. Gives
 * what takes it away.
 *
 * @throws EnvironmentError where it cannot be put in place; nothing of it is left then.
 */
export async function startExecGate(options: ExecGateOptions): Promise<() => Promise<void>> {
  const { stage, node, podUid, container, command, exitCode, onFailed } = options
  const { cluster, recording, signal } = stage
  const name = `${podUid}-${cluster.newSuffix()}`
  const epochAtZero = readEpochAtZero(cluster.clock, recording)
  const lines = new HelperLines({ recording, name: `Node/${node}`, node, epochAtZero, onFailed })
  const following = new AbortController()
  const keep = [
    'bash',
    '-c',
    gateKeeper,
    'gate-keeper',
    library,
    orders,
    name,
    gate(`${library}/runc`, orders),
  ]
  const order = [podUid, container, asGoWritesIt(command), String(exitCode ?? hangs)]
  const read = (text: string) => lines.read(text)
  const followed = cluster.nodes.follow(node, [...keep, ...order], read, following.signal)
  followed.then(
    () => lines.lost(),
    (error: unknown) => lines.lost(error instanceof Error ? error.message : String(error)),
  )
  const undo = async () => {
    lines.dismiss()
    // Without its order the gate lets everything pass, whenever it is taken away itself.
    await cluster.nodes.exec(node, ['rm', '-f', `${orders}/${name}.order`])
    following.abort()
    await followed.catch(() => undefined)
  }
  await orReverted(undo, () => lines.inPlace(startsWithinMs, signal))
  return undo
}

/** A list of words as JSON, letter by letter as the runtime's specs have it: https://pkg.go.dev/encoding/json#Marshal */
export function asGoWritesIt(words: string[]): string {
  const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(words).replaceAll(/[<>&\u2028\u2029]/g, escaped)
}
