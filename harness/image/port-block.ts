// Keeps this node from one port of one pod, as if nothing listened there, or nobody answered. Other pods, on this node
// or another, see nothing of it. Writes a line of JSON for each connection that it refused to standard output.
//
//   node port-block.ts '<Order as JSON>'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { nftTrace, Rule, say, type Target, told } from './nft.ts'
import { readPacket } from './trace.ts'

/** What the harness asks for. */
interface Order extends Target {
  with: 'reset' | 'silence'
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order
const verdict = order.with === 'reset' ? 'reject with tcp reset' : 'drop'
/** Nothing listens there: a connection to it shows that refusals are heard of. */
const canary = { ip: order.ip.includes(':') ? '::1' : '127.0.0.1', port: 9 }
/** On a busy node nft takes its time to read all the rules that are there, before it tells of any. */
const hearsWithinMs = 25_000

const rule = new Rule(order)
const refused = new Set<number>()
const heard = Promise.withResolvers<void>()

function read(line: string): void {
  const packet = readPacket(line, order.table)
  if (!packet) return
  if (packet.ip === canary.ip && packet.port === canary.port) return heard.resolve()
  // What is not answered is sent again, from the same port.
  if (refused.has(packet.from)) return
  refused.add(packet.from)
  say({ failed: `${packet.ip}:${packet.port}`, as: order.with })
}

async function untilHeard(): Promise<void> {
  const release = await rule.hold(canary.ip, canary.port)
  const asking = setInterval(() => {
    const asked = connect(canary.port, canary.ip)
    asked.on('error', () => asked.destroy())
    asked.setTimeout(1_000, () => asked.destroy())
  }, 100)
  const late = sleep(hearsWithinMs, undefined, { ref: false }).then(() => {
    throw new Error('nft monitor tells of no packet')
  })
  await Promise.race([heard.promise, late])
  clearInterval(asking)
  release()
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
