import type { AppAnswer, AppRequest, Listener } from '../../../model/behaviour.ts'
import type { Stack } from './stacks.ts'

/** The process that listens, as far as its listeners need it. */
export interface Server {
  /** Does it once the process may run: at once, unless its machine is frozen; never where it has ended by then. */
  run(act: () => void): void
  readonly isFrozen: boolean
  /** It does nothing, on a machine that goes on. */
  readonly isStopped: boolean
  after(ms: number, then: () => void): void
  now(): number
}

/** An answer as it was sent. */
export interface Answered {
  status: number
  headers: Readonly<Record<string, string>>
  /** The connection is closed after it. */
  close: boolean
}

export type Reply = Answered | 'reset'

/** A Service's choice for one connection, as connection tracking has it. */
export interface Route {
  fromIp: string
  fromPort: number
  serviceIp: string
  servicePort: number
  ip: string
  port: number
}

/**
 * One connection to a listener. It is `silent` where the machine at its other end was turned off: nobody tells of it.
 */
export interface Connection {
  readonly listener: AppListener
  state: 'open' | 'closed' | 'silent'
  /** What waits for the answer. */
  waiting: ((reply: Reply) => void) | undefined
  idleSinceMs: number
  /** When its process ended; long ago where it was closed in good order. */
  cutMs: number
  readonly route: Route | undefined
  /** It is closed after its first answer. */
  readonly isOnce: boolean
  /** What its client is told of its end by, where it is told at all. */
  onEnd?: () => void
}

const noHeaders: Readonly<Record<string, string>> = {}
/** How long Node keeps a connection on which nothing is asked: https://nodejs.org/api/http.html#serverkeepalivetimeout */
const keptIdleMs = 5_000

/** A port on which a process listens, and the connections to it. */
export class AppListener implements Listener {
  /** HTTP/1.1, gRPC's health checks alone, or whatever its app makes of a text. */
  readonly speaks: 'http' | 'health' | 'text'
  inFlight = 0
  private readonly server: Server
  readonly ip: string
  readonly port: number
  private readonly stack: Stack
  private readonly handler: (request: AppRequest) => AppAnswer
  private readonly answerText: ((text: string) => string) | undefined
  private readonly connections = new Set<Connection>()
  /** Those whose request has reached the app. */
  private readonly answering = new Set<Connection>()
  private onClosed: (() => void) | undefined
  private isListening = true

  constructor(
    server: Server,
    stack: Stack,
    port: number,
    handler: ((request: AppRequest) => AppAnswer) | undefined,
    answerText?: (text: string) => string,
  ) {
    this.server = server
    this.stack = stack
    this.ip = stack.ip
    this.port = port
    this.speaks = handler ? 'http' : answerText ? 'text' : 'health'
    this.answerText = answerText
    this.handler = handler ?? (() => ({ status: 200 }))
  }

  /** What is asked here waits, for the app is stopped. */
  get isStopped(): boolean {
    return this.server.isStopped
  }

  /** Connections are taken from now on. */
  bind(): void {
    if (this.isListening) this.stack.ports.set(this.port, this)
  }

  /** `isOnce`: for one request. */
  connect(route?: Route, isOnce = false): Connection {
    const connection: Connection = {
      ...{ listener: this, state: 'open', waiting: undefined, route, isOnce },
      ...{ idleSinceMs: this.server.now(), cutMs: Number.NEGATIVE_INFINITY },
    }
    this.connections.add(connection)
    return connection
  }

  /**
   * A request on a connection of its own, which is closed after the answer: that comes before this returns where the app
   * takes no time for it. Gives the connection where it does.
   */
  askOnce(request: AppRequest, done: (reply: Reply) => void): Connection | undefined {
    if (this.server.isFrozen) {
      const connection = this.connect(undefined, true)
      this.ask(connection, request, done)
      return connection
    }
    let answer: AppAnswer | undefined
    this.server.run(() => {
      answer = this.handler(request)
    })
    // Asked for it, the app has come to its end.
    if (!answer) done('reset')
    else if (!answer.afterMs) done(sent(answer, true))
    else {
      const connection = this.connect(undefined, true)
      connection.waiting = done
      this.answerLater(connection, answer, answer.afterMs)
      return connection
    }
    return undefined
  }

  /** A request on a connection that is open and free. */
  ask(connection: Connection, request: AppRequest, done: (reply: Reply) => void): void {
    connection.waiting = done
    this.server.run(() => {
      if (connection.waiting !== done) return
      const answer = this.handler(request)
      if (answer.afterMs) this.answerLater(connection, answer, answer.afterMs)
      else this.answer(connection, answer)
    })
  }

  /** A text on a connection that is open. What does not speak it closes the connection. */
  say(connection: Connection, text: string, heard: (text: string) => void): void {
    this.server.run(() => {
      if (connection.state !== 'open') return
      if (this.answerText) heard(this.answerText(text))
      else this.drop(connection)
    })
  }

  /** The client closes it; an answer is waited for no more. */
  close(connection: Connection): void {
    if (connection.waiting && this.answering.delete(connection)) this.inFlight--
    connection.waiting = undefined
    this.drop(connection)
  }

  stopListening(closed: () => void): void {
    this.unbind()
    this.onClosed = closed
    for (const connection of this.connections) if (!connection.waiting) this.closeLater(connection)
    this.checkClosed()
  }

  closeIdle(): void {
    for (const connection of [...this.connections]) if (!connection.waiting) this.drop(connection)
  }

  /** Its process has ended. Where its machine was turned off, no client hears of it. */
  end(isSilent: boolean): void {
    this.unbind()
    this.onClosed = undefined
    const connections = [...this.connections]
    this.connections.clear()
    for (const connection of connections) {
      const { waiting } = connection
      connection.state = isSilent ? 'silent' : 'closed'
      connection.cutMs = this.server.now()
      connection.waiting = undefined
      if (isSilent) continue
      waiting?.('reset')
      connection.onEnd?.()
    }
  }

  private answerLater(connection: Connection, answer: AppAnswer, ms: number): void {
    this.inFlight++
    this.answering.add(connection)
    this.server.after(ms, () => {
      if (!this.answering.delete(connection)) return
      this.inFlight--
      this.answer(connection, answer)
    })
  }

  private answer(connection: Connection, answer: AppAnswer): void {
    const { waiting } = connection
    const answered = sent(answer, connection.isOnce)
    connection.waiting = undefined
    connection.idleSinceMs = this.server.now()
    if (answered.close) this.drop(connection)
    else if (!this.isListening) this.closeLater(connection)
    waiting?.(answered)
  }

  private closeLater(connection: Connection): void {
    const { idleSinceMs } = connection
    this.server.after(Math.max(0, idleSinceMs + keptIdleMs - this.server.now()), () => {
      if (!connection.waiting && connection.idleSinceMs === idleSinceMs) this.drop(connection)
    })
  }

  private drop(connection: Connection): void {
    if (connection.state === 'open') connection.state = 'closed'
    if (!this.connections.delete(connection)) return
    connection.onEnd?.()
    this.checkClosed()
  }

  private unbind(): void {
    this.isListening = false
    if (this.stack.ports.get(this.port) === this) this.stack.ports.delete(this.port)
  }

  private checkClosed(): void {
    const { onClosed } = this
    if (!onClosed || this.connections.size > 0) return
    this.onClosed = undefined
    this.server.after(0, onClosed)
  }
}

function sent(answer: AppAnswer, once: boolean): Answered {
  const { status, headers = noHeaders, close = false } = answer
  return { status, headers, close: once || close || headers.connection === 'close' }
}
