// What an app is given where it runs in a real container: Node's own HTTP server, timers, signals and files.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createTextServer, connect as netConnect, Server } from 'node:net'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import type { AppAnswer, AppRequest, Host, Link, LinkEvents, Listener } from '@rolypoly/harness'

// https://github.com/grpc/grpc/blob/master/doc/health-checking.md: grpc.health.v1.Health/Check answers SERVING, 1, in
// field 1 of its message; before it stand a byte for "not compressed" and four for its length.
const serving = Buffer.from([0, 0, 0, 0, 2, 0x08, 1])

/** What is said after `listen` is said once the port is open. */
let opening = 0
const unsaid: string[] = []

function opened(): void {
  opening -= 1
  if (opening === 0) for (const line of unsaid.splice(0)) console.log(line)
}

function send(response: ServerResponse, { status, body, headers, close }: AppAnswer): void {
  response.writeHead(status, { ...headers, ...(close && { connection: 'close' }) })
  response.end(body)
}

function listen(port: number, handler: (request: AppRequest) => AppAnswer): Listener {
  let inFlight = 0
  const server = createServer(({ url = '/', headers }, response) => {
    inFlight += 1
    response.on('close', () => {
      inFlight -= 1
    })
    const answer = handler({ path: url, headers: headers as Record<string, string> })
    if (answer.afterMs === undefined) send(response, answer)
    else setTimeout(() => send(response, answer), answer.afterMs)
  })
  opening += 1
  server.listen(port, opened)
  return {
    get inFlight() {
      return inFlight
    },
    // Not its own close, which would end idle connections too.
    stopListening: (closed) => void Server.prototype.close.call(server, closed),
    closeIdle: () => server.closeIdleConnections(),
  }
}

function listenForHealth(port: number): void {
  const health = createHttp2Server()
  // A kubelet that hangs up in the midst of a question is no reason to end.
  health.on('sessionError', () => undefined)
  health.on('stream', (stream, headers) => {
    const known = headers[':path'] === '/grpc.health.v1.Health/Check'
    // Whoever asks may have gone by now, out of patience.
    stream.on('error', () => undefined)
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => {
      // 12: no such method
      if (!stream.destroyed) stream.sendTrailers({ 'grpc-status': known ? '0' : '12' })
    })
    stream.end(known ? serving : undefined)
  })
  health.listen(port)
}

function listenForText(port: number, answer: (text: string) => string): void {
  const server = createTextServer((socket) => {
    // A client that goes in the midst of a text is no reason to end.
    socket.on('error', () => undefined)
    socket.on('data', (data) => void socket.write(answer(String(data))))
  })
  opening += 1
  server.listen(port, opened)
}

function connect(host: string, port: number, on: LinkEvents): Link {
  const socket = netConnect({ host, port })
  // Its end follows, and is what counts.
  socket.on('error', () => undefined)
  socket.on('connect', () => on.opened())
  socket.on('data', (data) => on.heard(String(data)))
  socket.on('close', () => on.ended())
  return {
    send: (text) => void (socket.writable && socket.write(text)),
    end: () => void socket.destroy(),
  }
}

export function nodeHost(): Host {
  return {
    command: ['node', ...process.argv.slice(1)],
    env: process.env,
    hostname: hostname(),
    now: () => performance.now(),
    epoch: () => Date.now(),
    after: (ms, then) => void setTimeout(then, ms),
    log: (line) => void (opening === 0 ? console.log(line) : unsaid.push(line)),
    exit: (code) => process.exit(code),
    on: (signal, handler) => void process.on(signal, handler),
    listen,
    listenForHealth,
    listenForText,
    connect,
    write(path, text) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    },
    read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
  }
}
