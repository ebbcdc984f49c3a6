// A small web server that can be asked for its health in each way that Kubernetes knows, for each probe apart: over HTTP
// (/liveness, ...), tcp and gRPC (a port each) and exec (a file each). It is always well: failing is left to others.
// Every answer to a user says which pod gave it. On SIGTERM it finishes what is in flight, and exits 0.
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { hostname } from 'node:os'

const pod = hostname()
const portOf = { liveness: 8081, readiness: 8082, startup: 8083 }
const drainMs = 1_000

let draining = false

const web = createServer((request, response) => {
  const name = (request.url ?? '').slice(1)
  response.writeHead(200, {
    ...{ 'content-type': 'text/plain; charset=utf-8', 'x-pod': pod },
    ...(draining && { connection: 'close' }),
  })
  response.end(`${name in portOf ? `${name} of ` : 'this is '}${pod}\n`)
})

// https://github.com/grpc/grpc/blob/master/doc/health-checking.md: grpc.health.v1.Health/Check answers SERVING, 1, in
// field 1 of its message; before it stand a byte for "not compressed" and four for its length.
const serving = Buffer.from([0, 0, 0, 0, 2, 0x08, 1])

for (const [name, port] of Object.entries(portOf)) {
  const health = createHttp2Server()
  // A kubelet that hangs up in the midst of a question is no reason to end.
  health.on('sessionError', () => undefined)
  health.on('stream', (stream, headers) => {
    const known = headers[':path'] === '/grpc.health.v1.Health/Check'
    // Whoever asks may have gone by now, out of patience.
    stream.on('error', () => undefined)
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => {
      // 12: no such method
      if (!stream.destroyed) stream.sendTrailers({ 'grpc-status': known ? '0' : '12' })
    })
    stream.end(known ? serving : undefined)
  })
  health.listen(port)
  writeFileSync(`/tmp/${name}`, 'well\n')
}
web.listen(8080, () => console.log(`probes ${pod} listens on port 8080`))

process.on('SIGTERM', () => {
  draining = true
  setTimeout(() => {
    web.close(() => process.exit(0))
  }, drainMs)
})
