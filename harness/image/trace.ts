/** A packet that a rule with `nftrace` has met on its way out. */
export interface Packet {
  /** Where it was going. */
  ip: string
  port: number
  /** The port that it came from: of every connection another. */
  from: number
}

/**
 * One line of `nft monitor trace`; undefined for those of other tables, and for those that tell more of the same packet:
 *
 *     trace id 4af5edfb inet <table> out packet: oif "eth0" ip saddr 10.244.1.1 ip daddr 10.244.1.2 ... tcp sport 60738 tcp dport 8081 tcp flags == syn ...
 *     trace id 4af5edfb inet <table> out rule ip daddr . tcp dport @targets ... reject with tcp reset (verdict drop)
 */
export function readPacket(line: string, table: string): Packet | undefined {
  if (!line.includes(` inet ${table} `)) return undefined
  const [, ip] = / ip6? daddr (\S+) /.exec(line) ?? []
  const [, from, port] = / tcp sport (\d+) tcp dport (\d+) /.exec(line) ?? []
  return ip && from && port ? { ip, port: Number(port), from: Number(from) } : undefined
}
