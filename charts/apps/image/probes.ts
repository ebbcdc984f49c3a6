// A small web server that can be asked for its health in each way that Kubernetes knows, for each probe apart: over HTTP
// (/liveness, ...), tcp and gRPC (a port each) and exec (a file each). It is always well: failing is left to others.
// Every answer to a user says which pod gave it. On SIGTERM it finishes what is in flight, and exits 0.
import type { Host } from '@rolypoly/harness'

const portOf = { liveness: 8081, readiness: 8082, startup: 8083 }
const drainMs = 1_000

export function probes(host: Host): void {
  const { hostname: pod } = host
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-pod': pod }
  let draining = false

  for (const [name, port] of Object.entries(portOf)) {
    host.listenForHealth(port)
    host.write(`/tmp/${name}`, 'well\n')
  }
  const web = host.listen(8080, ({ path }) => {
    const name = path.slice(1)
    const body = `${name in portOf ? `${name} of ` : 'this is '}${pod}\n`
    return { status: 200, headers, body, close: draining }
  })
  host.log(`probes ${pod} listens on port 8080`)

  host.on('SIGTERM', () => {
    draining = true
    host.after(drainMs, () => {
      web.closeIdle()
      web.stopListening(() => host.exit(0))
    })
  })
}
