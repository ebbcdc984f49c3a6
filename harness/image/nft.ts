// The node's own nft, by way of the node's root at /host, and what every helper of the node has in common.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What the table of a helper is about: the traffic to one port of one pod. */
export interface Target {
  /** The name of the nft table, which nothing else uses. */
  table: string
  ip: string
  port: number
}

const livesS = 6
const renewMs = 2_000

/** Tells the harness, as a line of JSON on standard output. */
export function say(line: object): void {
  process.stdout.write(`${JSON.stringify({ t: Date.now(), ...line })}\n`)
}

export function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A command on the node. busybox' chroot would run its own applets: the node's programs are named by their shell. */
function onNode(command: string, stdio: ('pipe' | 'inherit' | 'ignore')[]): ChildProcess {
  return spawn('chroot', ['/host', '/bin/bash', '-c', `exec ${command}`], { stdio })
}

export function nft(script: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const run = onNode('nft -f -', ['pipe', 'inherit', 'pipe'])
  let complaint = ''
  run.stderr?.on('data', (text) => {
    complaint += text
  })
  run.on('error', reject)
  run.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`nft: ${complaint.trim()}`))))
  run.stdin?.end(script)
  return promise
}

/** Follows what rules that set `nftrace` meet, line by line; calls back once when that ends. */
export function nftTrace(onLine: (line: string) => void, onEnd: () => void): void {
  const run = onNode('nft monitor trace', ['ignore', 'pipe', 'inherit'])
  if (run.stdout) createInterface({ input: run.stdout }).on('line', onLine)
  run.on('error', onEnd)
  run.on('exit', onEnd)
}

/**
 * A table of its own, whose one rule holds for the node's own traffic to what is in its set: other pods' traffic does not
 * meet the hook `output`. What is in the set stays there for six seconds, and the target is renewed every two: when this
 * process dies, the node heals by itself. Asked to end, this process takes the table away.
 */
export class Rule {
  private readonly target: Target
  private isPlaced = false

  constructor(target: Target) {
    this.target = target
    process.on('SIGTERM', () => void this.end(0))
    process.on('SIGINT', () => void this.end(0))
  }

  /** Puts the rule in place, for nothing yet. `toTarget` matches what is in the set. */
  async place(hook: string, rule: (toTarget: string) => string): Promise<void> {
    const { table, ip } = this.target
    const [family, type] = ip.includes(':') ? ['ip6', 'ipv6_addr'] : ['ip', 'ipv4_addr']
    // nft 1.0.6 takes no two closing braces on one line.
    await nft(`
table inet ${table} {
  set targets {
    type ${type} . inet_service
    flags timeout
  }
  chain out {
    type ${hook}
    policy accept
    ${rule(`${family} daddr . tcp dport @targets`)}
  }
}
`)
    this.isPlaced = true
  }

  /** The rule holds for the target from now on: the harness is told. */
  async arm(): Promise<void> {
    const { ip, port } = this.target
    await this.hold(ip, port)
    say({ armed: `${ip}:${port}` })
  }

  /** Takes traffic to this address and port in, six seconds at a time; returns what stops renewing it. */
  async hold(ip: string, port: number): Promise<() => void> {
    const { table } = this.target
    const element = `inet ${table} targets { ${ip} . ${port}`
    await nft(`add element ${element} timeout ${livesS}s }\n`)
    // Adding it again would not renew it: it is taken out and put back in one transaction.
    const renewal = `
add element ${element} timeout ${livesS}s }
delete element ${element} }
add element ${element} timeout ${livesS}s }
`
    const renewing = setInterval(
      () => void nft(renewal).catch((error) => say({ error: told(error) })),
      renewMs,
    )
    return () => clearInterval(renewing)
  }

  async end(code: number): Promise<void> {
    if (this.isPlaced)
      await nft(`delete table inet ${this.target.table}\n`).catch((error) => say({ error: told(error) }))
    process.exit(code)
  }
}
