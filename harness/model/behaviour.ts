/** A request that reaches an app. */
export interface AppRequest {
  /** As `/slow?ms=300`. */
  path: string
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>
}

/** Read when it is sent, `afterMs` after its request: a getter tells what is so by then. */
export interface AppAnswer {
  status: number
  body?: string
  /** By lower-case name. */
  headers?: Readonly<Record<string, string>>
  /** How long the app takes to answer, in milliseconds; none unless given. */
  afterMs?: number
  /** The connection is closed after this answer. */
  close?: boolean
}

/** A port that an app listens on. */
export interface Listener {
  /** Requests that have come and are not answered yet. */
  readonly inFlight: number
  /**
   * Takes no new connections. Calls back once the last of the open ones is closed, which a client that keeps its
   * connection busy may put off for ever.
   */
  stopListening(closed: () => void): void
  /** Closes connections on which nothing is in flight. */
  closeIdle(): void
}

/** A connection that an app has begun to another. */
export interface Link {
  /** Does nothing where it is not open. */
  send(text: string): void
  /** Closes it; `ended` is told of that too. */
  end(): void
}

/** What becomes of a connection that an app begins. */
export interface LinkEvents {
  /** It is open. */
  opened(): void
  heard(text: string): void
  /** It is closed, by whichever side, or could not be opened. Told once. */
  ended(): void
}

/** The signals that an app may handle. */
export type AppSignal = 'SIGTERM' | 'SIGQUIT' | 'SIGINT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2'

/**
 * What an app is given by whatever runs it: Node in a real container, the model in a simulated cluster. An app that uses
 * nothing else is the same app in both.
 */
export interface Host {
  /** As `['node', 'main.ts', 'webapl']`; empty where the pod's spec leaves that to the image. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The pod's name. */
  readonly hostname: string
  /** Milliseconds since the process began. */
  now(): number
  /** Milliseconds since 1970, by the clock of its node. */
  epoch(): number
  after(ms: number, then: () => void): void
  log(line: string): void
  exit(code: number): void
  /** A signal that nobody handles does what it does to process 1 of a container: nothing, but for SIGKILL. */
  on(signal: AppSignal, handler: () => void): void
  listen(port: number, handler: (request: AppRequest) => AppAnswer): Listener
  /** Takes connections, and answers those that ask for its health by gRPC with SERVING. */
  listenForHealth(port: number): void
  /** Takes connections, and answers each text that comes by another. */
  listenForText(port: number, answer: (text: string) => string): void
  /** Begins a connection to a port of a Service of its namespace, by its name, or of an IP. */
  connect(host: string, port: number, on: LinkEvents): Link
  /** Writes a file, in the container's own filesystem or in a volume, and makes its folder where it has none. */
  write(path: string, text: string): void
  /** A file's text; undefined where there is no such file. */
  read(path: string): string | undefined
}

/** What the containers of an image do: called anew for each incarnation. */
export type Behaviour = (host: Host) => void
