// Stands for a database on the pod's own loopback, and passes each connection on to where the database is.
import { connect, createServer } from 'node:net'

const { DATABASE_HOST = 'localhost', DATABASE_PORT = '6379' } = process.env

const server = createServer((client) => {
  const database = connect(Number(DATABASE_PORT), DATABASE_HOST)
  client.pipe(database).pipe(client)
  for (const [one, other] of [
    [client, database],
    [database, client],
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroy())
  }
})
server.listen(6379, '127.0.0.1', () =>
  console.log(`passes connections on to ${DATABASE_HOST}:${DATABASE_PORT}`),
)
process.on('SIGTERM', () => process.exit(0))
