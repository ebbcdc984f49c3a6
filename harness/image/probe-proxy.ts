// Stands between the kubelet and one port of one pod on this node. Passes everything through but the probe's own
// requests, and answers those as it was told. Writes a line of JSON for each of them to standard output.
//
//   node probe-proxy.ts '<Order as JSON>'
//
// The parent is root and owns the rule that redirects the node's own traffic; the proxy is a child of another user,
// whose traffic the rule lets through. The rule's one element lives for six seconds and is renewed every two: when
// this process dies, the node heals by itself.
import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the harness asks for. */
interface Order {
  /** The name of the nft table, which nothing else uses. */
  table: string
  ip: string
  port: number
  /** The probe's own requests: this path and query, and these headers. */
  path: string
  headers: { name: string; value: string }[]
  failure:
    | { with: 'status'; status: number }
    | { with: 'reset' }
    | { with: 'silence' }
    | { with: 'delay'; delayMs: number }
}

const proxyUid = 64_321
const elementLivesS = 6
const renewMs = 2_000
const order = JSON.parse(process.argv[2] ?? '{}') as Order

function say(line: object): void {
  process.stdout.write(`${JSON.stringify({ t: Date.now(), ...line })}\n`)
}

// --- the proxy, as a user of its own ---

function isProbe({ url, headers }: IncomingMessage): boolean {
  const named = order.headers.some(({ name }) => name.toLowerCase() === 'user-agent')
  if (url !== order.path || !(named || headers['user-agent']?.startsWith('kube-probe/'))) return false
  return order.headers.every(({ name, value }) => headers[name.toLowerCase()] === value)
}

function serve(): void {
  const server = createServer((asked, answer) => {
    if (!isProbe(asked)) return passThrough(asked, answer)
    const { failure } = order
    say({ failed: asked.url, as: failure.with })
    if (failure.with === 'status') {
      answer.writeHead(failure.status, { 'content-type': 'text/plain' })
      answer.end('failed on purpose\n')
    } else if (failure.with === 'reset') asked.socket.resetAndDestroy()
    else if (failure.with === 'delay') setTimeout(() => passThrough(asked, answer), failure.delayMs)
    // Silence: nothing is said until the kubelet gives up.
  })
  server.listen(0, '0.0.0.0', () => process.send?.((server.address() as AddressInfo).port))
}

function passThrough(asked: IncomingMessage, answer: ServerResponse): void {
  const { method, url, headers } = asked
  const onward = request(
    { host: order.ip, port: order.port, method, path: url, headers, agent: false },
    (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers)
      got.pipe(answer)
    },
  )
  onward.on('error', () => asked.socket.resetAndDestroy())
  asked.pipe(onward)
}

// --- the parent, as root ---

function nft(script: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const run = spawn('chroot', ['/host', '/bin/bash', '-c', 'exec nft -f -'], {
    stdio: ['pipe', 'inherit', 'pipe'],
  })
  let complaint = ''
  run.stderr.on('data', (text) => {
    complaint += text
  })
  run.on('error', reject)
  run.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`nft: ${complaint.trim()}`))))
  run.stdin.end(script)
  return promise
}

const family = order.ip?.includes(':') ? 'ip6' : 'ip'
const element = `{ ${order.ip} . ${order.port} timeout ${elementLivesS}s }`

// nft 1.0.6 takes no two closing braces on one line.
const arm = (port: number) => `
table inet ${order.table} {
  set targets {
    type ${family === 'ip6' ? 'ipv6_addr' : 'ipv4_addr'} . inet_service
    flags timeout
  }
  chain out {
    type nat hook output priority -110
    policy accept
    meta skuid != ${proxyUid} ${family} daddr . tcp dport @targets counter redirect to :${port}
  }
}
add element inet ${order.table} targets ${element}
`
// Adding it again would not renew it: it is taken out and put back in one transaction.
const renew = `
add element inet ${order.table} targets ${element}
delete element inet ${order.table} targets { ${order.ip} . ${order.port} }
add element inet ${order.table} targets ${element}
`

async function own(): Promise<void> {
  const script = process.argv[1] ?? ''
  const child = spawn(process.execPath, [script, process.argv[2] ?? '', 'serve'], {
    ...{ uid: proxyUid, gid: proxyUid, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  })
  let armed = false
  const disarm = async (code: number) => {
    if (armed)
      await nft(`delete table inet ${order.table}\n`).catch((error: Error) => say({ error: error.message }))
    child.kill()
    process.exit(code)
  }
  process.on('SIGTERM', () => void disarm(0))
  process.on('SIGINT', () => void disarm(0))
  child.on('exit', () => void disarm(1))
  child.on('message', async (port) => {
    try {
      await nft(arm(Number(port)))
      armed = true
      say({ armed: `${order.ip}:${order.port}` })
      setInterval(() => void nft(renew).catch((error: Error) => say({ error: error.message })), renewMs)
    } catch (error) {
      say({ error: error instanceof Error ? error.message : String(error) })
      await disarm(1)
    }
  })
}

if (process.argv[3] === 'serve') serve()
else await own()
