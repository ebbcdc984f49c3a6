import type { AppRequest, Host } from '../../../model/behaviour.ts'
import type { Connection } from '../network/listener.ts'
import { networkOf, type Outcome, type SimulatedNetwork } from '../network/network.ts'
import type { ExecOutcome, Inside } from '../world.ts'
import { ProberLines } from './prober-lines.ts'

/** A connection that is kept, and the pod at its other end, by that pod's own word. */
interface Lane {
  connection: Connection | undefined
  busy: boolean
  pod: string | undefined
  port: number
  openedMs: number
  usedMs: number
}

interface Target extends AppRequest {
  url: string
  ip: string
  port: number
}

const endpointIntervalMs = 200
const timeoutMs = 2_000
const laneCount = 8
/** Node's agent gives a kept connection up a second before its server would, which does so after five. */
const keptIdleMs = 4_000
const kernelsOwn = { from: 32_768, to: 60_999 }

/** Asks a Service and its endpoints without end, as harness/image/prober.ts does, and tells of it in the same lines. */
export function prober(host: Host, inside: Inside): void {
  const [, , url = '', rate = '50'] = host.command
  new Prober(host, inside, targetOf(url), 1_000 / Number(rate)).begin()
}

class Prober {
  private readonly host: Host
  private readonly inside: Inside
  private readonly network: SimulatedNetwork
  private readonly caller: { machine: Inside['process']['order']['machine']; ip: string }
  private readonly lines: ProberLines
  private readonly service: Target
  private readonly kept: Target
  private readonly intervalMs: number
  private readonly lanes: Lane[] = []
  private endpoints: Target[] = []
  private lastPort = 1_023
  private seq = 0
  private due = 0

  constructor(host: Host, inside: Inside, service: Target, intervalMs: number) {
    this.host = host
    this.inside = inside
    this.network = networkOf(inside.world)
    const { machine, ip } = inside.process.order
    this.caller = { machine, ip }
    this.lines = new ProberLines(host, inside.world.clock)
    this.service = service
    this.kept = { ...service, headers: { ...service.headers, connection: 'keep-alive' } }
    this.intervalMs = intervalMs
  }

  begin(): void {
    const { host, inside } = this
    inside.onExec((command) => this.exec(command))
    inside.process.onExit(() => {
      for (const { connection } of this.lanes) connection?.listener.close(connection)
    })
    host.on('SIGTERM', () => {
      this.lines.write()
      host.exit(0)
    })
    const tick = () => {
      host.after(this.intervalMs, tick)
      // What is due by the clock, so that a tick that comes late does not lower the rate.
      const target = Math.floor(host.now() / this.intervalMs + 1e-6)
      for (; this.due < target; this.due++) {
        if (this.due % 2 === 1) this.sendKept()
        else this.sendNew(this.service, 0)
      }
    }
    host.after(this.intervalMs, tick)
  }

  /** The harness tells the endpoints: harness/observe/endpoints.ts. */
  private exec([shell, option, script = '', endpoints]: readonly string[]): ExecOutcome | undefined {
    const isTold = shell === 'sh' && option === '-c' && script.includes('>/tmp/endpoints')
    if (!isTold || endpoints === undefined) return undefined
    const wasAsking = this.endpoints.length > 0
    this.endpoints = (JSON.parse(endpoints) as string[]).map((url) => targetOf(url))
    if (!wasAsking && this.endpoints.length > 0)
      this.host.after(endpointIntervalMs, () => this.askEndpoints())
    return { exitCode: 0, stdout: '' }
  }

  private askEndpoints(): void {
    if (this.endpoints.length === 0) return
    for (const endpoint of this.endpoints) this.sendNew(endpoint, 2)
    this.host.after(endpointIntervalMs, () => this.askEndpoints())
  }

  private sendNew(to: Target, how: 0 | 2): void {
    const seq = this.seq++
    const sentMs = this.host.now()
    const fromPort = this.nextPort()
    const sending = { ip: to.ip, port: to.port, fromPort, request: to, keep: false, timeoutMs }
    this.network.request(this.caller, sending, (outcome) => {
      const name = how === 2 ? to.url : outcome.headers?.['x-pod']
      this.lines.add({ seq, sentMs, port: fromPort, how, name, outcome })
    })
  }

  private sendKept(): void {
    const lane = this.freeLane()
    const { connection } = lane
    const sentMs = this.host.now()
    const seq = this.seq++
    // It takes a port first, whether it is used or not.
    const fromPort = this.nextPort()
    const reused =
      connection && this.network.isOpen(connection) && sentMs - lane.usedMs < keptIdleMs
        ? connection
        : undefined
    if (!reused) {
      connection?.listener.close(connection)
      Object.assign(lane, { port: fromPort, openedMs: sentMs })
    }
    lane.busy = true
    const done = (outcome: Outcome) => {
      const pod = outcome.headers?.['x-pod']
      const name = outcome.lost !== undefined && reused ? lane.pod : pod
      const ageMs = reused && Math.round(sentMs - lane.openedMs)
      Object.assign(lane, { busy: false, pod, connection: outcome.connection, usedMs: this.host.now() })
      this.lines.add({ seq, sentMs, port: lane.port, how: reused ? 1 : 0, name, outcome, ageMs })
    }
    if (reused) return this.network.reuse(reused, this.kept, timeoutMs, done)
    const { ip, port } = this.kept
    this.network.request(this.caller, { ip, port, fromPort, request: this.kept, keep: true, timeoutMs }, done)
  }

  private freeLane(): Lane {
    const at = this.lanes.findIndex((lane) => !lane.busy)
    const free = this.lanes[at]
    if (free && this.lanes.length >= laneCount) {
      // Round robin.
      this.lanes.splice(at, 1)
      this.lanes.push(free)
      return free
    }
    const lane = { connection: undefined, busy: false, pod: undefined, port: 0, openedMs: 0, usedMs: 0 }
    this.lanes.push(lane)
    return lane
  }

  private nextPort(): number {
    do {
      this.lastPort = this.lastPort >= 65_535 ? 1_024 : this.lastPort + 1
      if (this.lastPort === kernelsOwn.from) this.lastPort = kernelsOwn.to + 1
    } while (this.lanes.some(({ port }) => port === this.lastPort))
    return this.lastPort
  }
}

function targetOf(text: string): Target {
  const url = new URL(text)
  return {
    ...{ url: text, ip: url.hostname, port: Number(url.port || 80), path: `${url.pathname}${url.search}` },
    headers: { 'user-agent': 'rolypoly-prober', connection: 'close' },
  }
}
