import { isSame } from '../store.ts'
import type { ContainerOrder } from '../world.ts'

/** One command that is made to fail in one container of a pod, in every incarnation of it. */
export interface ExecGate {
  podUid: string
  container: string
  /** As the runtime is asked for it. */
  command: readonly string[]
  /** How it ends; undefined where it hangs until its container ends, or nobody waits for it any more. */
  exitCode: number | undefined
  /** It has failed the command in this incarnation. */
  onFailed(containerId: string): void
}

/** What stands before the runtimes of the nodes, by the name of its order. */
export class ExecGates {
  private readonly onNodes = new Map<string, Map<string, ExecGate>>()

  add(node: string, name: string, gate: ExecGate): void {
    const gates = this.onNodes.get(node) ?? new Map<string, ExecGate>()
    this.onNodes.set(node, gates.set(name, gate))
  }

  remove(node: string, name: string): void {
    const gates = this.onNodes.get(node)
    gates?.delete(name)
    if (gates?.size === 0) this.onNodes.delete(node)
  }

  /** A restart of the node takes all away. */
  clear(node: string): void {
    this.onNodes.delete(node)
  }

  /** The one that fails this command. */
  before({ machine, pod, name }: ContainerOrder, command: readonly string[]): ExecGate | undefined {
    for (const gate of this.onNodes.get(machine.name)?.values() ?? []) {
      const isOf = gate.podUid === pod.metadata?.uid && gate.container === name
      if (isOf && isSame(gate.command, command)) return gate
    }
    return undefined
  }
}
