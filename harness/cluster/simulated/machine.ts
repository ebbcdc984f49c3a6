import type { NodeState } from '../cluster.ts'
import { ApiLink } from './api-link.ts'
import type { JournalLine, Machine } from './world.ts'

/** A machine that is on. */
export class SimulatedMachine implements Machine {
  readonly name: string
  readonly role: Machine['role']
  readonly ip: string
  readonly podPrefix: string
  readonly journal: JournalLine[] = []
  readonly link = new ApiLink()
  private readonly listeners: ((state: NodeState) => void)[] = []
  private is: NodeState = 'running'

  /** The n-th of a cluster, from 0. */
  constructor(cluster: string, n: number) {
    const worker = n === 1 ? 'worker' : `worker${n}`
    this.role = n === 0 ? 'control-plane' : 'worker'
    this.name = `${cluster}-${n === 0 ? 'control-plane' : worker}`
    this.ip = `172.18.0.${n + 2}`
    this.podPrefix = `10.244.${n}`
  }

  get state(): NodeState {
    return this.is
  }

  onState(listener: (state: NodeState) => void): void {
    this.listeners.push(listener)
  }

  set(state: NodeState): void {
    if (state === this.is) return
    this.is = state
    // A restart clears the node's tables away.
    if (state === 'stopped') this.link.mend()
    for (const listener of this.listeners) listener(state)
  }
}
