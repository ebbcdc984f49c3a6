// A backend whose database is behind an ambassador on its own loopback: ready only while that answers. It writes its log
// to a file that a sidecar ships. On SIGTERM it goes on for two seconds, asks each connection to close, and exits 0.
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, Server } from 'node:net'
import { hostname } from 'node:os'

const drainMs = 2_000
const { GREETING = 'hello', DATABASE_PASSWORD = '', ON_SIGTERM = 'drain' } = process.env
let draining = false

function log(line: string): void {
  appendFileSync('/var/log/app/app.log', `${line}\n`)
}

/** Redis answers PING with +PONG (https://redis.io/docs/latest/develop/reference/protocol-spec). */
function ping(): Promise<boolean> {
  return new Promise((resolve) => {
    const database = connect(6379, '127.0.0.1', () => database.write('PING\r\n'))
    const end = (isThere: boolean) => {
      database.destroy()
      resolve(isThere)
    }
    database.setTimeout(1_000, () => end(false))
    database.on('data', (answer) => end(answer.toString().startsWith('+PONG')))
    database.on('error', () => end(false))
    database.on('end', () => end(false))
  })
}

const server = createServer(async ({ url }, response) => {
  const isWell = url !== '/ready' || (await ping())
  response.writeHead(isWell ? 200 : 503, {
    'content-type': 'text/plain; charset=utf-8',
    'x-pod': hostname(),
    ...(draining && { connection: 'close' }),
  })
  response.end(isWell ? `${GREETING} from ${hostname()}\n` : 'the database does not answer\n')
})
server.listen(8080, () => log(`listens; the password has ${DATABASE_PASSWORD.length} letters`))

process.on('SIGTERM', () => {
  log('SIGTERM')
  if (ON_SIGTERM === 'ignore') return
  draining = true
  setTimeout(() => {
    // Not its own close, which would end idle connections too, before what is sent on them is heard.
    Server.prototype.close.call(server, () => {
      log('has ended')
      process.exit(0)
    })
    server.closeIdleConnections()
  }, drainMs)
})
