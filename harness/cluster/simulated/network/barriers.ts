import type { Random } from '../random.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import type { Machine, World } from '../world.ts'

/** Where a node's own traffic goes that is stood in the way of. */
export interface Way {
  ip: string
  port: number
}

/** What a proxy on a node does with the probe's own requests; it passes all others on. */
export interface Interception extends Way {
  sort: 'intercept'
  /** With its query, as the request line has it. */
  path: string
  headers: readonly { name: string; value: string }[]
  failure:
    | { with: 'status'; status: number }
    | { with: 'reset' }
    | { with: 'silence' }
    | { with: 'delay'; delayMs: number }
  /** It has failed a probe that asked for this path. */
  onFailed(path: string): void
}

/** Keeps a node from a port, as if nothing listened there or nobody answered. */
export interface Block extends Way {
  sort: 'block'
  with: 'reset' | 'silence'
  /** It has met a connection. */
  onFailed(): void
}

export type Barrier = Interception | Block

/** What was put in place. */
export interface Placed {
  remove(): void
  /** What answers behind it is gone: the rule stays until it is not renewed, for six seconds at the most. */
  orphan(): void
}

interface Standing {
  barrier: Barrier
  isOrphaned: boolean
}

/** A rule's element lives so long, and is renewed so often, in milliseconds. */
const livesMs = 6_000
const renewMs = 2_000

/** What stands between the nodes and single ports of pods; other pods' traffic does not meet it. */
export class Barriers {
  private readonly clock: VirtualClock
  private readonly random: Random
  private readonly onMachines = new Map<Machine, Standing[]>()

  constructor(world: World) {
    this.clock = world.clock
    this.random = world.random.fork('barriers')
  }

  place(machine: Machine, barrier: Barrier): Placed {
    const standing: Standing = { barrier, isOrphaned: false }
    this.on(machine).push(standing)
    const remove = () => {
      const all = this.on(machine)
      const at = all.indexOf(standing)
      if (at >= 0) all.splice(at, 1)
    }
    const orphan = () => {
      standing.isOrphaned = true
      this.clock.after(livesMs - this.random.between(0, renewMs), remove)
    }
    return { remove, orphan }
  }

  /** What the machine's own traffic to a port meets. A proxy without its process refuses all. */
  before(machine: Machine, ip: string, port: number): Barrier | 'refuses' | undefined {
    if (this.onMachines.size === 0) return undefined
    const standing = this.onMachines
      .get(machine)
      ?.find(({ barrier }) => barrier.ip === ip && barrier.port === port)
    if (!standing) return undefined
    return standing.isOrphaned && standing.barrier.sort === 'intercept' ? 'refuses' : standing.barrier
  }

  private on(machine: Machine): Standing[] {
    const known = this.onMachines.get(machine)
    if (known) return known
    const all: Standing[] = []
    this.onMachines.set(machine, all)
    // A restart clears the node's tables away.
    machine.onState((state) => state === 'stopped' && all.splice(0))
    return all
  }
}

/** The probe's own request, as harness/image/probe-proxy.ts tells it from others. */
export function isProbe(
  { path, headers }: Interception,
  asked: { path: string; headers: Readonly<Record<string, string>> },
): boolean {
  const isNamed = headers.some(({ name }) => name.toLowerCase() === 'user-agent')
  if (asked.path !== path) return false
  if (!isNamed && !asked.headers['user-agent']?.startsWith('kube-probe/')) return false
  return headers.every(({ name, value }) => asked.headers[name.toLowerCase()] === value)
}
