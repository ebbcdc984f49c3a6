import type { Clock } from '../cluster/clock.ts'
import type { NodeControl } from '../cluster/cluster.ts'
import type { Recording } from '../timeline/recording.ts'

export interface RoutesOptions {
  nodes: Pick<NodeControl, 'exec' | 'follow'>
  clock: Pick<Clock, 'sleep'>
  recording: Recording
  /** Between the clocks: the epoch, in milliseconds, at the recording's zero. */
  epochAtZero: number
  /** Where the prober runs: its node's kube-proxy chooses the pod. */
  node: string
  proberIp: string
  service: string
  clusterIp: string
  signal: AbortSignal
}

const knownWithinMs = 5_000

/**
 * Writes down which pod each connection of the prober's to a Service was sent on to, as the connection tracking of the
 * prober's node tells it. What a Service does with a connection that fails can be known in no other way. Resolves once
 * the routes of the connections that are open already are known too, or cannot be.
 */
export async function followRoutes(options: RoutesOptions): Promise<void> {
  const { nodes, clock, recording, epochAtZero, node, proberIp, service, clusterIp, signal } = options
  const known = Promise.withResolvers<void>()
  const record = (line: string) => {
    const route = readRoute(line)
    if (!route) return
    const { epochMs, ...to } = route
    const atMs = epochMs === undefined ? recording.now() : epochMs - epochAtZero
    recording.record({ source: 'route', atMs, service, ...to })
    known.resolve()
  }
  const ofProber = ['-p', 'tcp', '-s', proberIp, '-d', clusterIp]
  void nodes
    .follow(node, ['conntrack', '-E', '-e', 'NEW', '-o', 'timestamp', ...ofProber], record, signal)
    // Without routes the pod of a lost request is known by its own word only.
    .catch(() => undefined)
    .finally(known.resolve)
  const timing = new AbortController()
  const late = clock.sleep(knownWithinMs, AbortSignal.any([signal, timing.signal])).catch(() => undefined)
  await Promise.race([known.promise, late])
  timing.abort()
  const open = await nodes.exec(node, ['conntrack', '-L', ...ofProber]).catch(() => '')
  for (const line of open.split('\n')) record(line)
}

/**
 * One event of `conntrack -E -o timestamp`, or one line of `conntrack -L`, which has no time. It holds the connection
 * as it was asked for, then the answer's way back, which begins at the pod:
 *
 *     [1700000000.123456]  [NEW] tcp 6 120 SYN_SENT src=10.244.0.9 dst=10.96.1.1 sport=40000 dport=80 [UNREPLIED] src=10.244.1.12 dst=10.244.0.9 sport=8080 dport=40000
 */
export function readRoute(line: string): { epochMs?: number; port: number; address: string } | undefined {
  const seconds = /^\[(\d{1,12}\.\d+)\]/.exec(line)?.[1]
  const [, address] = [...line.matchAll(/ src=(\S+)/g)].map(([, ip]) => ip)
  const port = / sport=(\d{1,5})(?:\s|$)/.exec(line)?.[1]
  if (!address || !port) return undefined
  return { ...(seconds && { epochMs: Number(seconds) * 1_000 }), port: Number(port), address }
}
