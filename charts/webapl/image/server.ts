// A small web server that can be told to fall ill: /healthz fails after FAIL_AFTER seconds, /ready until READY_AFTER.
// Every answer says which pod gave it. On SIGTERM it goes on answering for DRAIN seconds, asks each connection to
// close, finishes what is in flight, and exits 0.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Server } from 'node:net'
import { hostname } from 'node:os'

const failAfterMs = seconds('FAIL_AFTER', Number.POSITIVE_INFINITY)
const readyAfterMs = seconds('READY_AFTER', 0)
const drainMs = seconds('DRAIN', 2_000)
const onSigterm = process.env.ON_SIGTERM ?? 'drain'
const port = Number(process.env.PORT ?? 8080)
const pod = hostname()

function seconds(name: string, otherwise: number): number {
  const text = process.env[name]
  return text === undefined || text === '' ? otherwise : Number(text) * 1_000
}

let draining = false
let inFlight = 0

function ageMs(): number {
  return performance.now()
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-pod': pod,
    ...(draining && { connection: 'close' }),
  })
  response.end(`${text}\n`)
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://webapl')
  if (url.pathname === '/healthz') {
    const ill = ageMs() >= failAfterMs
    answer(response, ill ? 500 : 200, ill ? `${pod} is ill` : `${pod} is well`)
  } else if (url.pathname === '/ready') {
    const ready = ageMs() >= readyAfterMs
    answer(response, ready ? 200 : 500, ready ? `${pod} is ready` : `${pod} is not ready yet`)
  } else if (url.pathname === '/slow') {
    const ms = Math.min(Number(url.searchParams.get('ms') ?? 500), 60_000)
    setTimeout(() => answer(response, 200, `${pod} took ${ms} ms`), ms)
  } else {
    answer(response, 200, `this is ${pod}`)
  }
}

const server = createServer((request, response) => {
  inFlight += 1
  response.on('close', () => {
    inFlight -= 1
  })
  handle(request, response)
})
server.listen(port, () => console.log(`webapl ${pod} listens on port ${port}`))

/** Takes no new connections, and leaves those that are open, idle ones too, as Node did up to version 18. */
function closeListener(): void {
  console.log(`SIGTERM: ${inFlight} requests in flight, no new connections`)
  Server.prototype.close.call(server, () => process.exit(0))
}

process.on('SIGTERM', () => {
  if (onSigterm === 'ignore') return console.log('SIGTERM ignored')
  if (onSigterm === 'exit 1') process.exit(1)
  if (onSigterm === 'only close') return closeListener()
  draining = true
  if (onSigterm === 'stop listening') return closeListener()
  console.log(`SIGTERM: ${inFlight} requests in flight, answering for ${drainMs} ms more`)
  setTimeout(() => {
    server.close(() => {
      console.log('nothing in flight, exit 0')
      process.exit(0)
    })
  }, drainMs)
})
