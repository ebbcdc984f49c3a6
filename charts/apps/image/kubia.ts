// The textbook's app: every answer says which pod was hit. On SIGTERM it goes on answering for DRAIN seconds, asks each
// connection to close, finishes what is in flight, and exits 0.
import type { Host } from '@rolypoly/harness'

export function kubia(host: Host): void {
  const { env, hostname: pod } = host
  const drainMs = Number(env.DRAIN ?? 2) * 1_000
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-pod': pod }
  let draining = false

  const server = host.listen(8080, () => ({
    ...{ status: 200, headers, body: `You've hit ${pod}\n`, close: draining },
  }))
  host.log(`kubia ${pod} listens on port 8080`)

  host.on('SIGTERM', () => {
    draining = true
    host.after(drainMs, () => {
      server.closeIdle()
      server.stopListening(() => host.exit(0))
    })
  })
}
