// Sends requests through a Service at a steady rate, half of them over new connections and half over reused ones, and
// asks each endpoint itself a few times a second, over new connections. Runs in a pod, with nothing but Node.
//
//   node prober.ts <url> <requests a second>
//
// The file /tmp/endpoints holds the endpoints' URLs, as JSON; SIGHUP has it read again. Writes a line of JSON for the
// requests that ended in the last moment:
//
//   {"t":1700000000000,"names":["web-1"],"rows":[[<seq>,<sent, ms after t>,<took, ms>,<own port>,<how>,<outcome>,...]]}
//
// where <how> is 0 for a new connection, 1 for a reused one, 2 for an endpoint asked itself; <outcome> a status, or the
// word for what went wrong. Then, where known: the place in `names` of the pod that answered, or of the endpoint that
// was asked, or -1; and the age of a reused connection in milliseconds.
import { readFileSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { OwnTime } from './own-time.ts'

type Row = [number, number, number, number, 0 | 1 | 2, number | string, number?, number?]

const [url = '', rateText = '50'] = process.argv.slice(2)
const intervalMs = 1_000 / Number(rateText)
const endpointIntervalMs = 200
/** Of this process' own time. */
const timeoutMs = 2_000
const beatEveryMs = 20
const laneCount = 8
const writeEveryMs = 50
/** Many a server closes a connection that is idle for 5 s: one that this process, held up, left so long is not kept. */
const idleMs = 2_000

/** A connection that is kept, and the pod at its other end, by that pod's own word. */
interface Lane {
  agent: Agent
  busy: boolean
  pod: string | undefined
  port: number
  openedMs: number
  /** When it was last answered on. */
  usedMs: number
}

const lanes: Lane[] = []
let seq = 0

function keptAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 })
}

function freeLane(): Lane {
  const free = lanes.find((lane) => !lane.busy)
  if (free && lanes.length >= laneCount) {
    lanes.push(...lanes.splice(lanes.indexOf(free), 1)) // round robin
    if (performance.now() - free.usedMs > idleMs) {
      free.agent.destroy()
      free.agent = keptAgent()
    }
    return free
  }
  const lane = { agent: keptAgent(), busy: false, pod: undefined, port: 0, openedMs: 0, usedMs: 0 }
  lanes.push(lane)
  return lane
}

// --- ports: chosen here, so that they are known even of a connection that never came about ---

const kernelsOwn = { from: 32_768, to: 60_999 }
let lastPort = 1_023

/** Each in its turn: a port comes back long after its connection is forgotten, by this kernel and by the node's NAT. */
function nextPort(): number {
  do {
    lastPort = lastPort >= 65_535 ? 1_024 : lastPort + 1
    if (lastPort === kernelsOwn.from) lastPort = kernelsOwn.to + 1
  } while (lanes.some(({ port }) => port === lastPort))
  return lastPort
}

// --- what is written ---

const startedAt = performance.now()
const ownTime = new OwnTime(beatEveryMs, startedAt)
let rows: Row[] = []
let names: string[] = []

function nameAt(name: string | undefined): number {
  if (name === undefined) return -1
  const known = names.indexOf(name)
  return known === -1 ? names.push(name) - 1 : known
}

function write(): void {
  if (rows.length === 0) return
  // Node took both clocks together: a process that is held up between two calls of its own would tell wrong times.
  const t = Math.round(performance.timeOrigin + (rows[0]?.[1] ?? 0))
  const zero = t - performance.timeOrigin
  for (const row of rows) row[1] = Math.round((row[1] - zero) * 10) / 10
  process.stdout.write(`${JSON.stringify({ t, names, rows })}\n`)
  rows = []
  names = []
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EPIPE: 'closed',
}

const taken = new Set(['EADDRINUSE', 'EADDRNOTAVAIL'])
const portsAtMost = 5

/** Over a new connection, over a kept one of the Service's, or to one of its endpoints itself. */
function send(to: string, how: 'new' | 'kept' | 'endpoint'): void {
  const lane = how === 'kept' ? freeLane() : undefined
  if (lane) lane.busy = true
  const mine = seq++
  const began = performance.now()
  let port = 0
  let done = false
  let reused = false

  const finish = (outcome: { status?: number; lost?: string; pod?: string | undefined }) => {
    if (done) return
    done = true
    clearTimeout(timer)
    if (lane) {
      lane.busy = false
      lane.usedMs = performance.now()
      lane.pod = outcome.pod
    }
    const tookMs = Math.round((performance.now() - began) * 10) / 10
    const row: Row = [mine, began, tookMs, port, how === 'endpoint' ? 2 : reused ? 1 : 0, 0]
    row[5] = outcome.lost ?? outcome.status ?? 0
    const isGood = typeof row[5] === 'number' && row[5] >= 200 && row[5] < 400
    const name = nameAt(how === 'endpoint' ? to : outcome.pod)
    if (name >= 0 || reused) row.push(name)
    if (lane && reused) row.push(Math.round(began - lane.openedMs))
    rows.push(row)
    if (!isGood) write()
  }

  const answer = (response: IncomingMessage) => {
    const named = response.headers['x-pod']
    const pod = typeof named === 'string' ? named : undefined
    response.on('error', (error: NodeJS.ErrnoException) => fail(error))
    response.on('end', () => finish({ status: response.statusCode ?? 0, pod }))
    response.resume()
  }

  const fail = (error: NodeJS.ErrnoException) => {
    const timedOut = error.name === 'AbortError'
    const code = timedOut ? 'ETIMEDOUT' : (error.code ?? error.message)
    finish({ lost: reasons[code] ?? code, pod: reused ? lane?.pod : undefined })
  }

  const abandoned = new AbortController()
  const ownBegan = ownTime.at(began)
  const abandon = () => {
    const leftMs = timeoutMs - (ownTime.at(performance.now()) - ownBegan)
    if (leftMs < 1) return abandoned.abort()
    timer = setTimeout(abandon, leftMs)
  }
  let timer = setTimeout(abandon, timeoutMs)

  const attempt = (portsLeft: number) => {
    port = nextPort()
    const sent = request(to, {
      agent: lane ? lane.agent : false,
      headers: { 'user-agent': 'rolypoly-prober', connection: lane ? 'keep-alive' : 'close' },
      signal: abandoned.signal,
      localPort: port,
    })
    sent.on('socket', () => {
      reused = sent.reusedSocket
      if (!lane) return
      if (reused) port = lane.port
      else Object.assign(lane, { port, openedMs: began })
    })
    sent.on('response', answer)
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // A port that is taken is this kernel's affair: nothing has left it, and nobody has lost anything.
      if (portsLeft === 0 || !taken.has(error.code ?? '')) return fail(error)
      // An agent opens the next connection by the options of the one that failed, its port among them.
      if (lane) lane.agent = keptAgent()
      attempt(portsLeft - 1)
    })
    sent.end()
  }
  attempt(portsAtMost)
}

let endpoints: string[] = []
process.on('SIGHUP', () => {
  endpoints = JSON.parse(readFileSync('/tmp/endpoints', 'utf8')) as string[]
})
process.on('SIGTERM', () => {
  write()
  process.exit(0)
})

setInterval(() => ownTime.beat(performance.now()), beatEveryMs)

// Each tick sends what is due by the clock, so that a late timer does not lower the rate.
let due = 0
setInterval(() => {
  const target = Math.floor((performance.now() - startedAt) / intervalMs)
  for (; due < target; due++) send(url, due % 2 === 1 ? 'kept' : 'new')
}, intervalMs)
setInterval(() => {
  for (const endpoint of endpoints) send(endpoint, 'endpoint')
}, endpointIntervalMs)
setInterval(write, writeEveryMs)
