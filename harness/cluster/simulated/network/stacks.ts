import type { Machine } from '../world.ts'
import type { AppListener } from './listener.ts'

/** What listens at one IP: a pod's, or a machine's own. */
export interface Stack {
  readonly ip: string
  readonly machine: Machine
  readonly ports: Map<number, AppListener>
}

/** The IPs that are there. */
export class Stacks {
  private readonly byIp = new Map<string, Stack>()

  at(ip: string): Stack | undefined {
    return this.byIp.get(ip)
  }

  /** Makes the IP where it is not there yet. */
  open(ip: string, machine: Machine): Stack {
    const known = this.byIp.get(ip)
    if (known) return known
    const stack = { ip, machine, ports: new Map<number, AppListener>() }
    this.byIp.set(ip, stack)
    return stack
  }

  /** The IP leads nowhere from now on, unless it is another's by now. */
  close(stack: Stack): void {
    if (this.byIp.get(stack.ip) === stack) this.byIp.delete(stack.ip)
  }
}
