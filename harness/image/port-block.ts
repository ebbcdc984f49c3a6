// Keeps this node from one port of one pod, as if nothing listened there, or nobody answered. Other pods, on this node
// or another, see nothing of it. Writes a line of JSON for each connection that it refused to standard output.
//
//   node port-block.ts '<Order as JSON>'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { nftTrace, Rule, say, type Target, told } from './nft.ts'

/** What the harness asks for. */
interface Order extends Target {
  with: 'reset' | 'silence'
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order
const verdict = order.with === 'reset' ? 'reject with tcp reset' : 'drop'
/** Nothing listens there: a connection to it shows that refusals are heard of. */
const canary = { ip: order.ip.includes(':') ? '::1' : '127.0.0.1', port: 9 }
const hearsWithinMs = 10_000

const rule = new Rule(order)
const refused = new Set<string>()
const heard = Promise.withResolvers<void>()

/**
 * One line of `nft monitor trace`. What is not answered is sent again, from the same port:
 *
 *     trace id 4af5edfb inet <table> out packet: ... ip daddr 10.244.1.2 ... tcp sport 60738 tcp dport 9999 ...
 */
function read(line: string): void {
  if (!line.includes(` inet ${order.table} out packet: `)) return
  const [, from = '', to = ''] = / tcp sport (\d+) tcp dport (\d+) /.exec(line) ?? []
  if (to === String(canary.port) && line.includes(` daddr ${canary.ip} `)) return heard.resolve()
  if (refused.has(from)) return
  refused.add(from)
  say({ failed: `${order.ip}:${to}`, as: order.with })
}

async function untilHeard(): Promise<void> {
  await rule.include(canary.ip, canary.port)
  const asking = setInterval(() => {
    const asked = connect(canary.port, canary.ip)
    asked.on('error', () => asked.destroy())
    asked.setTimeout(1_000, () => asked.destroy())
  }, 100)
  const late = sleep(hearsWithinMs, undefined, { ref: false }).then(() => {
    throw new Error('nft monitor tells of no packet')
  })
  await Promise.race([heard.promise, late]).finally(() => clearInterval(asking))
}

nftTrace(read, () => {
  say({ error: 'nft monitor ended' })
  void rule.end(1)
})
try {
  await rule.place(
    'filter hook output priority 0',
    (toTarget) => `${toTarget} meta nftrace set 1 counter ${verdict}`,
  )
  await untilHeard()
  await rule.arm()
} catch (error) {
  say({ error: told(error) })
  await rule.end(1)
}
