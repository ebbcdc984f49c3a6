// A small web server that can be asked for its health in each way that Kubernetes knows, for each probe apart: over HTTP
// (/liveness, ...), tcp and gRPC (a port each) and exec (a file each). It is well from START_AFTER seconds on, at once
// unless given: failing is left to others. LIVENESS_STATUS and its kin are what it answers to these probes over HTTP.
// Every answer to a user says which pod gave it. On SIGTERM it finishes what is in flight, and exits 0.
import type { Host, Listener } from '@rolypoly/harness'

const portOf = { liveness: 8081, readiness: 8082, startup: 8083 }
const drainMs = 1_000

export function probes(host: Host): void {
  const { env, hostname: pod } = host
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-pod': pod }
  let draining = false
  let web: Listener | undefined

  const start = () => {
    for (const [name, port] of Object.entries(portOf)) {
      host.listenForHealth(port)
      host.write(`/tmp/${name}`, 'well\n')
    }
    web = host.listen(8080, ({ path }) => {
      const name = path.slice(1)
      const isProbe = name in portOf
      const status = isProbe ? Number(env[`${name.toUpperCase()}_STATUS`] ?? 200) : 200
      return { status, headers, body: `${isProbe ? `${name} of ` : 'this is '}${pod}\n`, close: draining }
    })
    host.log(`probes ${pod} listens on port 8080`)
  }
  const startAfterMs = Number(env.START_AFTER ?? 0) * 1_000
  if (startAfterMs > 0) host.after(startAfterMs, start)
  else start()

  host.on('SIGTERM', () => {
    draining = true
    host.after(drainMs, () => {
      if (!web) return host.exit(0)
      web.closeIdle()
      web.stopListening(() => host.exit(0))
    })
  })
}
