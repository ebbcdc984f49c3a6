import type { Random } from '../random.ts'
import type { Timer, VirtualClock } from '../virtual-clock.ts'
import type { Machine, ProbeOutcome, ProbeQuestion, Process, World } from '../world.ts'
import { type Barriers, type Interception, isProbe } from './barriers.ts'
import { type Asked, words } from './probe-words.ts'
import type { Stacks } from './stacks.ts'

type HttpQuestion = ProbeQuestion & { way: 'http' }
type Done = (outcome: ProbeOutcome) => void

const success: ProbeOutcome = { result: 'success' }
/** To a container of the same machine and back, in milliseconds. */
const latencyMs = 1
const usualHeaders = { 'user-agent': 'kube-probe/1.34', accept: '*/*', connection: 'close' }

/** Asks containers as their kubelets do (kubernetes/pkg/probe), past whatever stands in the way on their machines. */
export class Prober {
  private readonly clock: VirtualClock
  private readonly random: Random
  private readonly stacks: Stacks
  private readonly barriers: Barriers
  /** What is due once a machine goes on. */
  private readonly waiting = new Map<Machine, (() => void)[]>()

  constructor(world: World, stacks: Stacks, barriers: Barriers) {
    this.clock = world.clock
    this.random = world.random.fork('probes')
    this.stacks = stacks
    this.barriers = barriers
  }

  ask(process: Process, question: ProbeQuestion, timeoutMs: number, done: Done): void {
    const { ip, machine } = process.order
    if (question.way === 'exec') return this.run(process, question.command, timeoutMs, done)
    const asked: Asked = { question, ip, machine, timeoutMs, ownPort: this.ownPort }
    const barrier = this.barriers.before(machine, ip, question.port)
    if (barrier === 'refuses') return this.refuse(asked, done)
    if (barrier?.sort === 'block') {
      barrier.onFailed()
      return barrier.with === 'reset' ? this.refuse(asked, done) : this.timeOut(asked, done)
    }
    if (barrier) return this.pass(barrier, asked, done)
    if (question.way === 'http') this.get(asked, question, timeoutMs, false, done)
    else this.connect(asked, done)
  }

  /** Any free port of the machine's own, which only messages tell. */
  private readonly ownPort = () => Math.floor(this.random.between(32_768, 61_000))

  private run(process: Process, command: readonly string[], timeoutMs: number, done: Done): void {
    let timer: Timer | undefined
    let isOver = false
    const end = (outcome: ProbeOutcome) => {
      if (isOver) return
      isOver = true
      timer?.cancel()
      done(outcome)
    }
    timer = this.clock.after(timeoutMs, () => {
      this.tell(process.order.machine, end, fail(words.commandTimeout(command, timeoutMs)))
    })
    process.exec(command, ({ exitCode, stdout }) => end(exitCode === 0 ? success : fail(stdout.trimEnd())))
  }

  /** A connection alone, or a health check by gRPC, for which anything else than its own port does not answer. */
  private connect(asked: Asked, done: Done): void {
    const listener = this.stacks.at(asked.ip)?.ports.get(asked.question.port)
    if (!listener) return this.refuse(asked, done)
    if (asked.question.way === 'tcp') return this.after(latencyMs, asked, done, success)
    // A process that is frozen with its machine is so with its kubelet; what it took in is answered then.
    if (listener.speaks === 'health' && !listener.isStopped)
      return this.after(latencyMs, asked, done, success)
    this.timeOut(asked, done)
  }

  /** By way of a proxy, which speaks HTTP alone and takes every connection. */
  private pass(barrier: Interception, asked: Asked, done: Done): void {
    const { question, timeoutMs } = asked
    if (question.way === 'tcp') return this.after(latencyMs, asked, done, success)
    if (question.way !== 'http' || question.scheme === 'HTTPS') return this.timeOut(asked, done)
    const { path } = question
    const isOwn = isProbe(barrier, { path, headers: headersOf(question) })
    if (!isOwn) return this.get(asked, question, timeoutMs, true, done)
    barrier.onFailed(path)
    const { failure } = barrier
    if (failure.with === 'status') return this.answer(asked, done, failure.status)
    if (failure.with === 'reset') return this.after(latencyMs, asked, done, fail(words.reset(asked)))
    if (failure.with === 'silence' || failure.delayMs >= timeoutMs) return this.timeOut(asked, done)
    this.clock.after(failure.delayMs, () =>
      this.get(asked, question, timeoutMs - failure.delayMs, true, done),
    )
  }

  /** `isPassed`: by a proxy, which resets the kubelet's connection where its own fails. */
  private get(asked: Asked, question: HttpQuestion, leftMs: number, isPassed: boolean, done: Done): void {
    const listener = this.stacks.at(asked.ip)?.ports.get(question.port)
    const reset = () => this.after(latencyMs, asked, done, fail(words.reset(asked)))
    if (!listener) return isPassed ? reset() : this.refuse(asked, done)
    if (listener.speaks !== 'http' || question.scheme === 'HTTPS') {
      const why = question.scheme === 'HTTPS' ? words.noTls(asked) : words.malformed(asked)
      return isPassed ? reset() : this.after(latencyMs, asked, done, fail(why))
    }
    let isOver = false
    let timer: Timer | undefined
    const connection = listener.askOnce({ path: question.path, headers: headersOf(question) }, (reply) => {
      isOver = true
      timer?.cancel()
      if (reply === 'reset') reset()
      else this.answer(asked, done, reply.status)
    })
    if (isOver || !connection) return
    timer = this.clock.after(leftMs, () => {
      listener.close(connection)
      this.tell(asked.machine, done, fail(words.timeout(asked)))
    })
  }

  /**
   * 200 to 399 is success: https://kubernetes.io/docs/concepts/workloads/pods/probes/. Of a redirect that is not followed
   * the kubelet warns: kubernetes/pkg/probe/http/http.go: DoHTTPProbe
   */
  private answer(asked: Asked, done: Done, status: number): void {
    const isGood = status >= 200 && status < 400
    const warned: ProbeOutcome = { result: 'success', warning: words.redirect }
    const good = status < 300 ? success : warned
    this.after(latencyMs, asked, done, isGood ? good : fail(words.status(status)))
  }

  /** The kubelet's gRPC client dials again and again until the probe's time is over. */
  private refuse(asked: Asked, done: Done): void {
    if (asked.question.way === 'grpc') this.timeOut(asked, done)
    else this.after(latencyMs, asked, done, fail(words.refused(asked)))
  }

  private timeOut(asked: Asked, done: Done): void {
    this.after(asked.timeoutMs, asked, done, fail(words.timeout(asked)))
  }

  private after(ms: number, { machine }: Asked, done: Done, outcome: ProbeOutcome): void {
    this.clock.after(ms, () => this.tell(machine, done, outcome))
  }

  /** A kubelet on a frozen machine hears of it later, and one on a machine that was turned off never. */
  private tell(machine: Machine, done: Done, outcome: ProbeOutcome): void {
    if (machine.state === 'running') done(outcome)
    else if (machine.state === 'paused') this.waitingOn(machine).push(() => done(outcome))
  }

  private waitingOn(machine: Machine): (() => void)[] {
    const known = this.waiting.get(machine)
    if (known) return known
    const waiting: (() => void)[] = []
    this.waiting.set(machine, waiting)
    machine.onState((state) => {
      if (state === 'paused') return
      const all = waiting.splice(0)
      if (state === 'running') for (const tell of all) tell()
    })
    return waiting
  }
}

function fail(message: string): ProbeOutcome {
  return { result: 'failure', message }
}

function headersOf({ headers }: HttpQuestion): Readonly<Record<string, string>> {
  const names = Object.keys(headers)
  if (names.length === 0) return usualHeaders
  const own = Object.fromEntries(names.map((name) => [name.toLowerCase(), headers[name] ?? '']))
  return { ...usualHeaders, ...own }
}
