// Stands between the kubelet and one port of one pod on this node. Passes everything through but the probe's own
// requests, and answers those as it was told. Writes a line of JSON for each of them to standard output.
//
//   node probe-proxy.ts '<Order as JSON>'
//
// The parent is root and owns the rule that redirects the node's own traffic; the proxy is a child of another user,
// whose traffic the rule lets through.
import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Rule, say, type Target, told } from './nft.ts'

/** What the harness asks for. */
interface Order extends Target {
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
const order = JSON.parse(process.argv[2] ?? '{}') as Order

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

function own(): void {
  const rule = new Rule(order)
  const script = process.argv[1] ?? ''
  const child = spawn(process.execPath, [script, process.argv[2] ?? '', 'serve'], {
    ...{ uid: proxyUid, gid: proxyUid, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  })
  child.on('exit', () => void rule.end(1))
  child.on('message', async (port) => {
    const redirected = (toTarget: string) =>
      `meta skuid != ${proxyUid} ${toTarget} counter redirect to :${port}`
    try {
      // Ahead of kube-proxy, whose priority is -100.
      await rule.place('nat hook output priority -110', redirected)
      await rule.arm()
    } catch (error) {
      say({ error: told(error) })
      await rule.end(1)
    }
  })
}

if (process.argv[3] === 'serve') serve()
else own()
