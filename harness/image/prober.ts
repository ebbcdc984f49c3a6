// Sends requests through a Service at a steady rate, half of them over new connections and half over reused ones,
// and writes a line of JSON for each to standard output. Runs in a pod, with nothing but Node.
//
//   node prober.ts <url> <requests a second>
import { Agent, type IncomingMessage, request } from 'node:http'

const [url = '', rateText = '50'] = process.argv.slice(2)
const intervalMs = 1_000 / Number(rateText)
const timeoutMs = 2_000
const laneCount = 8

/** A connection that is kept, and the pod at its other end, by that pod's own word. */
interface Lane {
  agent: Agent
  busy: boolean
  pod: string | undefined
}

const lanes: Lane[] = []
let seq = 0

function freeLane(): Lane {
  const free = lanes.find((lane) => !lane.busy)
  if (free && lanes.length >= laneCount) {
    lanes.push(...lanes.splice(lanes.indexOf(free), 1)) // round robin
    return free
  }
  const lane = { agent: new Agent({ keepAlive: true, maxSockets: 1 }), busy: false, pod: undefined }
  lanes.push(lane)
  return lane
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EPIPE: 'closed',
}

function send(keep: boolean): void {
  const lane = keep ? freeLane() : undefined
  if (lane) lane.busy = true
  const mine = seq++
  const sentAt = Date.now()
  const began = performance.now()
  let done = false
  let reused = false

  const finish = (outcome: { status?: number; lost?: string; pod?: string }) => {
    if (done) return
    done = true
    if (lane) {
      lane.busy = false
      lane.pod = outcome.lost ? undefined : outcome.pod
    }
    const tookMs = Math.round((performance.now() - began) * 10) / 10
    const line = { seq: mine, t: sentAt, connection: reused ? 'reused' : 'new', tookMs, ...outcome }
    process.stdout.write(`${JSON.stringify(line)}\n`)
  }

  const answer = (response: IncomingMessage) => {
    const pod = response.headers['x-pod']
    const known = typeof pod === 'string' ? { pod } : {}
    response.on('error', (error: NodeJS.ErrnoException) => fail(error))
    response.on('end', () => {
      const status = response.statusCode ?? 0
      finish(status >= 200 && status < 400 ? { status, ...known } : { status, lost: 'status', ...known })
    })
    response.resume()
  }

  const fail = (error: NodeJS.ErrnoException) => {
    const known = reused && lane?.pod ? { pod: lane.pod } : {}
    finish({ lost: reasons[error.code ?? ''] ?? error.code ?? error.message, ...known })
  }

  const sent = request(url, {
    agent: lane ? lane.agent : false,
    headers: { 'user-agent': 'rolypoly-prober', connection: lane ? 'keep-alive' : 'close' },
    signal: AbortSignal.timeout(timeoutMs),
  })
  sent.on('socket', () => {
    reused = sent.reusedSocket
  })
  sent.on('response', answer)
  sent.on('error', (error: NodeJS.ErrnoException) => {
    fail(
      error.name === 'AbortError' || error.name === 'TimeoutError'
        ? Object.assign(error, { code: 'ETIMEDOUT' })
        : error,
    )
  })
  sent.end()
}

process.on('SIGTERM', () => process.exit(0))

// Each tick sends what is due by the clock, so that a late timer does not lower the rate.
const startedAt = performance.now()
let due = 0
setInterval(() => {
  const target = Math.floor((performance.now() - startedAt) / intervalMs)
  for (; due < target; due++) send(due % 2 === 1)
}, intervalMs)
