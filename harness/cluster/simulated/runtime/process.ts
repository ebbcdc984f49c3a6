import type { Host } from '../../../model/behaviour.ts'
import { AppListener, type Server } from '../network/listener.ts'
import { networkOf } from '../network/network.ts'
import type { Stack } from '../network/stacks.ts'
import type { Timer, VirtualClock } from '../virtual-clock.ts'
import type { BehaviourInside, ContainerOrder, ExecOutcome, Exit, Process, World } from '../world.ts'
import { type Ran, runCommand } from './commands.ts'
import type { ExecGates } from './exec-gates.ts'
import type { ContainerFiles } from './files.ts'
import { ProcessLog } from './log.ts'

export interface ProcessParts {
  world: World
  order: ContainerOrder
  id: string
  stack: Stack
  files: ContainerFiles
  gates: ExecGates
  /** How long a program takes until its ports take connections. */
  bootMs: number
  /** How long it takes to bring a command into the container. */
  execMs: () => number
}

/** As bash has it: 128 and the number of SIGKILL. */
const killed = 137
/** Of a container whose machine was turned off: what the kubelet reports of it. */
const lost = 255
const handled = new Set(['SIGTERM', 'SIGQUIT', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'])

/** Runs a behaviour as process 1 of a container, in virtual time. */
export class SimulatedProcess implements Process, Server {
  readonly id: string
  readonly order: ContainerOrder
  readonly startedMs: number
  readonly log: ProcessLog
  exited: Exit | undefined
  private readonly parts: ProcessParts
  private readonly clock: VirtualClock
  private readonly timers = new Set<Timer>()
  private readonly handlers = new Map<string, (() => void)[]>()
  private readonly listeners = new Set<AppListener>()
  private readonly execs = new Set<(outcome: ExecOutcome) => void>()
  private readonly onExits: ((exit: Exit) => void)[] = []
  private onExec: (command: readonly string[]) => ExecOutcome | undefined = () => undefined
  /** What is due once its machine goes on, while that is frozen. */
  private frozen: (() => void)[] | undefined
  /** What it does itself once SIGCONT comes, while SIGSTOP has stopped it. */
  private stopped: (() => void)[] | undefined

  constructor(parts: ProcessParts) {
    this.parts = parts
    this.id = parts.id
    this.order = parts.order
    this.clock = parts.world.clock
    this.startedMs = this.clock.now()
    this.log = new ProcessLog(this.clock)
  }

  get isFrozen(): boolean {
    return this.frozen !== undefined || this.isStopped
  }

  /** By SIGSTOP: its machine goes on, and takes connections to its ports. */
  get isStopped(): boolean {
    return this.stopped !== undefined
  }

  /** Runs its behaviour until that first waits. */
  begin(behaviour: BehaviourInside): void {
    const onExec = (handler: typeof this.onExec) => {
      this.onExec = handler
    }
    this.run(() => behaviour(this.host(), { world: this.parts.world, process: this, onExec }))
  }

  now(): number {
    return this.clock.now()
  }

  run(act: () => void): void {
    if (this.exited) return
    if (this.stopped) return void this.stopped.push(act)
    this.runBeside(act)
  }

  /** What goes on in its container while it is stopped, as another process of it. */
  private runBeside(act: () => void): void {
    if (this.exited) return
    if (this.frozen) return void this.frozen.push(act)
    try {
      act()
    } catch (error) {
      this.log.write(error instanceof Error ? (error.stack ?? error.message) : String(error))
      this.end(1)
    }
  }

  after(ms: number, then: () => void): void {
    this.later(ms, () => this.run(then))
  }

  private later(ms: number, then: () => void): void {
    if (this.exited) return
    const timer = this.clock.after(ms, () => {
      this.timers.delete(timer)
      then()
    })
    this.timers.add(timer)
  }

  freeze(): void {
    if (!this.exited) this.frozen ??= []
  }

  /** Time went on meanwhile: what was due happens at once. */
  thaw(): void {
    const { frozen = [] } = this
    this.frozen = undefined
    for (const act of frozen) this.runBeside(act)
  }

  /** SIGKILL ends what is stopped, too; any other signal waits for its SIGCONT: https://man7.org/linux/man-pages/man7/signal.7.html */
  signal(name: string): void {
    if (name === 'SIGKILL') this.runBeside(() => this.kill())
    else if (name === 'SIGSTOP') this.runBeside(() => this.stop())
    else if (name === 'SIGCONT') this.runBeside(() => this.goOn())
    else this.run(() => this.handle(name))
  }

  private handle(name: string): void {
    for (const handler of this.handlers.get(name) ?? []) this.run(handler)
  }

  private stop(): void {
    this.stopped ??= []
  }

  /** Time went on meanwhile: what was due happens at once. */
  private goOn(): void {
    const { stopped = [] } = this
    this.stopped = undefined
    for (const act of stopped) this.run(act)
  }

  /** Whether or not it, or its machine, is frozen. */
  kill(): void {
    this.frozen = undefined
    this.stopped = undefined
    this.end(killed)
  }

  onExit(listener: (exit: Exit) => void): void {
    if (this.exited) listener(this.exited)
    else this.onExits.push(listener)
  }

  exec(command: readonly string[], done: (result: ExecOutcome) => void): void {
    const { gates, execMs } = this.parts
    if (this.exited) {
      this.clock.after(execMs(), () => done({ exitCode: killed, stdout: '' }))
      return
    }
    this.execs.add(done)
    const finish = (outcome: ExecOutcome, tookMs = 0) =>
      this.later(execMs() + tookMs, () =>
        this.runBeside(() => {
          if (this.execs.delete(done)) done(outcome)
        }),
      )
    const gate = gates.before(this.order, command)
    if (gate) {
      gate.onFailed(this.id)
      if (gate.exitCode === undefined) return
      return finish({ exitCode: gate.exitCode, stdout: 'failed on purpose by rolypoly\n' })
    }
    this.runBeside(() => {
      const { tookMs, ...outcome }: Ran = this.onExec(command) ?? runCommand(command, this.parts.files)
      finish(outcome, tookMs)
    })
  }

  /** Its machine was turned off: nobody hears of its end but who asked to be told. */
  lose(): void {
    this.frozen = undefined
    this.stopped = undefined
    this.end(lost, true)
  }

  private end(exitCode: number, isSilent = false): void {
    if (this.exited) return
    const exited = { atMs: this.clock.now(), exitCode }
    this.exited = exited
    for (const timer of this.timers) timer.cancel()
    this.timers.clear()
    for (const listener of this.onExits.splice(0)) listener(exited)
    for (const listener of this.listeners) listener.end(isSilent)
    this.listeners.clear()
    const execs = [...this.execs]
    this.execs.clear()
    for (const done of execs) done({ exitCode: killed, stdout: '' })
    this.log.end()
  }

  private host(): Host {
    const { order, parts } = this
    const listen = (
      port: number,
      handler?: Parameters<Host['listen']>[1],
      answerText?: Parameters<Host['listenForText']>[1],
    ) => {
      const listener = new AppListener(this, parts.stack, port, handler, answerText)
      if (this.exited) return listener
      this.listeners.add(listener)
      this.after(Math.max(0, this.startedMs + parts.bootMs - this.now()), () => listener.bind())
      return listener
    }
    return {
      command: [...(order.command ?? []), ...(order.args ?? [])],
      env: order.env,
      hostname: order.pod.metadata?.name ?? '',
      now: () => this.now() - this.startedMs,
      epoch: () => this.clock.epoch(),
      after: (ms, then) => this.after(ms, then),
      log: (line) => this.log.write(line),
      exit: (code) => this.end(code),
      on: (signal, handler) => {
        if (!handled.has(signal)) throw new Error(`${signal} cannot be handled`)
        this.handlers.set(signal, [...(this.handlers.get(signal) ?? []), handler])
      },
      listen,
      listenForHealth: (port) => void listen(port),
      listenForText: (port, answer) => void listen(port, undefined, answer),
      connect: (to, port, on) => networkOf(parts.world).link(this, to, port, on),
      write: (path, text) => parts.files.set(path, text),
      read: (path) => parts.files.get(path),
    }
  }
}
