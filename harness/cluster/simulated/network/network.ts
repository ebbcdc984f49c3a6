import type { AppRequest, Link, LinkEvents } from '../../../model/behaviour.ts'
import type { Random } from '../random.ts'
import type { Timer } from '../virtual-clock.ts'
import type { Machine, Network, ProbeOutcome, ProbeQuestion, Process, World } from '../world.ts'
import { Barriers } from './barriers.ts'
import { type Client, Links } from './links.ts'
import type { AppListener, Connection, Reply, Route } from './listener.ts'
import { Prober } from './prober.ts'
import { Services } from './services.ts'
import type { Stacks } from './stacks.ts'

/** Who asks: a pod on a machine. */
export interface Caller {
  machine: Machine
  ip: string
}

export interface Sending {
  /** A Service's IP or a pod's. */
  ip: string
  port: number
  /** The caller's own port. */
  fromPort: number
  request: AppRequest
  /** The connection is kept after the answer, unless the app closes it. */
  keep: boolean
  timeoutMs: number
}

/** How a request ended: with a status or with a loss. */
export interface Outcome {
  /** From sending to the end; where that is told at once, this much is still to come. */
  tookMs: number
  status?: number
  headers?: Readonly<Record<string, string>>
  /** `refused`, `reset`, `timeout`, `unreachable`, or Node's own code. */
  lost?: string
  /** That was kept. */
  connection?: Connection
}

/** There and back, in milliseconds: over a new connection and over a kept one. */
const newMs = [0.8, 2.5] as const
const keptMs = [0.4, 1.5] as const
/** What was sent within so many milliseconds of the end of a process did not know of it. */
const unknownMs = 1
/** So many connections are held before those that are closed are looked for. */
const prunedFrom = 256

/** Who reaches whom in the cluster: kubelets their containers, pods other pods and Services. */
export class SimulatedNetwork implements Network {
  /** What fails probes on the nodes. */
  readonly barriers: Barriers
  private readonly world: World
  private readonly stacks: Stacks
  private readonly random: Random
  private readonly services: Services
  private readonly prober: Prober
  private readonly links: Links
  private readonly onRoutes = new Map<Machine, Set<(route: Route) => void>>()
  private readonly kept = new Map<Machine, Connection[]>()
  /** Those that end with the answer for which they wait. */
  private readonly asking = new Map<Machine, Set<Route>>()

  constructor(world: World, stacks: Stacks) {
    this.world = world
    this.stacks = stacks
    this.random = world.random.fork('network')
    this.services = new Services(world)
    this.barriers = new Barriers(world)
    this.prober = new Prober(world, stacks, this.barriers)
    this.links = new Links(world, ({ order: { machine } }, ip, port) => {
      if (!this.services.has(ip)) return this.reachIp(ip, port)
      const backend = this.services.choose(machine, ip, port)
      return backend && this.reachIp(backend.ip, backend.port)
    })
  }

  probe(
    process: Process,
    question: ProbeQuestion,
    timeoutMs: number,
    done: (outcome: ProbeOutcome) => void,
  ): void {
    this.prober.ask(process, question, timeoutMs, done)
  }

  /** Sends a request over a new connection. Calls back before it returns where the app takes no time for the answer. */
  request(caller: Caller, sending: Sending, done: (outcome: Outcome) => void): void {
    const { request, keep, timeoutMs } = sending
    const tookMs = this.random.between(...newMs)
    const reached = this.reach(caller, sending)
    if (reached === undefined || reached.listener === 'refused') return done({ lost: 'refused', tookMs })
    const { listener, route } = reached
    if (listener === 'unreachable') return done({ lost: 'unreachable', tookMs })
    if (listener === 'silent') {
      this.world.clock.after(timeoutMs, () => done({ lost: 'timeout', tookMs: timeoutMs }))
      return
    }
    // As Node's parser says it.
    if (listener.speaks !== 'http') return done({ lost: 'HPE_INVALID_CONSTANT', tookMs })
    if (!keep) {
      const asking = this.asking.get(caller.machine) ?? new Set()
      if (route) this.asking.set(caller.machine, asking.add(route))
      return this.wait(
        (then) => listener.askOnce(request, then),
        timeoutMs,
        tookMs,
        (outcome) => {
          if (route) asking.delete(route)
          done(outcome)
        },
      )
    }
    const connection = listener.connect(route)
    if (route) this.keep(caller.machine, connection)
    this.askOn(connection, request, timeoutMs, tookMs, done)
  }

  /** Begins a connection of an app's to another. */
  link(client: Client, host: string, port: number, on: LinkEvents): Link {
    return this.links.begin(client, host, port, on)
  }

  /** Whether a kept connection is one that its client still takes to be open. */
  isOpen({ state, cutMs }: Connection): boolean {
    return state !== 'closed' || this.world.clock.now() - cutMs < unknownMs
  }

  /** Sends a request over a kept connection on which nothing is asked. */
  reuse(
    connection: Connection,
    request: AppRequest,
    timeoutMs: number,
    done: (outcome: Outcome) => void,
  ): void {
    const tookMs = this.random.between(...keptMs)
    if (connection.state === 'open') return this.askOn(connection, request, timeoutMs, tookMs, done)
    const isBack = this.reachIp(connection.listener.ip, connection.listener.port) !== 'silent'
    if (connection.state === 'closed' || isBack) return done({ lost: 'reset', tookMs })
    this.world.clock.after(timeoutMs, () => done({ lost: 'timeout', tookMs: timeoutMs }))
  }

  /** Tells of each connection through a Service that is begun on a machine; gives what ends that. */
  onRoute(machine: Machine, listener: (route: Route) => void): () => void {
    const listeners = this.onRoutes.get(machine) ?? new Set()
    this.onRoutes.set(machine, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.onRoutes.delete(machine)
    }
  }

  /** Those of the connections through Services that were begun on a machine, and are open. */
  openRoutes(machine: Machine): Route[] {
    const kept = (this.kept.get(machine) ?? []).flatMap(({ state, route }) =>
      state === 'open' && route ? [route] : [],
    )
    return [...kept, ...(this.asking.get(machine) ?? [])]
  }

  /** Where a new connection comes out; undefined where its Service has nowhere to send it. */
  private reach(
    { machine, ip: fromIp }: Caller,
    { ip, port, fromPort }: Sending,
  ): { listener: ReturnType<SimulatedNetwork['reachIp']>; route: Route | undefined } | undefined {
    if (!this.services.has(ip)) return { listener: this.reachIp(ip, port), route: undefined }
    const backend = this.services.choose(machine, ip, port)
    if (!backend) return undefined
    const route = { fromIp, fromPort, serviceIp: ip, servicePort: port, ...backend }
    for (const listener of this.onRoutes.get(machine) ?? []) listener(route)
    return { listener: this.reachIp(backend.ip, backend.port), route }
  }

  private reachIp(ip: string, port: number): AppListener | 'refused' | 'unreachable' | 'silent' {
    const stack = this.stacks.at(ip)
    if (stack) return stack.machine.state === 'stopped' ? 'silent' : (stack.ports.get(port) ?? 'refused')
    for (const { podPrefix, state } of this.world.machines.values()) {
      if (ip.startsWith(`${podPrefix}.`) && state !== 'running') return 'silent'
    }
    // Both were seen of a pod whose IP is gone.
    return this.random.next() < 0.5 ? 'unreachable' : 'silent'
  }

  private askOn(
    connection: Connection,
    request: AppRequest,
    timeoutMs: number,
    tookMs: number,
    done: (outcome: Outcome) => void,
  ): void {
    const ask = (then: (reply: Reply) => void) => {
      connection.listener.ask(connection, request, then)
      return connection
    }
    const keep = (outcome: Outcome) => {
      if (connection.state === 'open') outcome.connection = connection
      done(outcome)
    }
    this.wait(ask, timeoutMs, tookMs, keep)
  }

  private wait(
    ask: (then: (reply: Reply) => void) => Connection | undefined,
    timeoutMs: number,
    latencyMs: number,
    done: (outcome: Outcome) => void,
  ): void {
    const { clock } = this.world
    const beganMs = clock.now()
    let timer: Timer | undefined
    let isDone = false
    let connection: Connection | undefined
    const then = (reply: Reply) => {
      isDone = true
      timer?.cancel()
      const tookMs = clock.now() - beganMs + latencyMs
      if (reply === 'reset') return done({ lost: 'reset', tookMs })
      done({ tookMs, status: reply.status, headers: reply.headers })
    }
    connection = ask(then)
    if (isDone) return
    timer = clock.after(timeoutMs, () => {
      connection?.listener.close(connection)
      done({ lost: 'timeout', tookMs: timeoutMs })
    })
  }

  private keep(machine: Machine, connection: Connection): void {
    const kept = this.kept.get(machine) ?? []
    if (kept.length < prunedFrom) this.kept.set(machine, kept)
    else
      this.kept.set(
        machine,
        kept.filter(({ state }) => state === 'open'),
      )
    this.kept.get(machine)?.push(connection)
  }
}

/** The world's network, where it is this one: what knows more of it than kubelets do asks for it so. */
export function networkOf({ network }: World): SimulatedNetwork {
  if (network instanceof SimulatedNetwork) return network
  throw new Error('this needs the simulated network')
}
