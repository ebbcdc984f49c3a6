// A small web server that needs its database, DATABASE (as redis:6379): it connects at its start, asks for a PONG every
// second, and is ready for as long as it gets one. Whatever else becomes of the database, it lives on and tries again.
// Every answer says which pod gave it. On SIGTERM it goes on answering for DRAIN seconds, asks each connection to close,
// finishes what is in flight, closes its connection to the database, and exits 0.
import type { AppAnswer, AppRequest, Host, Link } from '@rolypoly/harness'

const askEveryMs = 1_000
const tryAgainMs = 500
/** https://redis.io/docs/latest/develop/reference/protocol-spec/ */
const ping = '*1\r\n$4\r\nPING\r\n'

export function myApp(host: Host): void {
  const { env, hostname: pod } = host
  const database = env.DATABASE ?? 'redis:6379'
  const [name = '', databasePort = ''] = database.split(':')
  const drainMs = Number(env.DRAIN ?? 2) * 1_000
  const port = Number(env.PORT ?? 3000)

  let link: Link | undefined
  let connected = false
  let draining = false
  let onDisconnected: (() => void) | undefined

  const connect = () => {
    let isOpen = false
    let answered = true
    const mine = host.connect(name, Number(databasePort), {
      opened() {
        isOpen = true
        ask()
      },
      heard(text) {
        if (!text.startsWith('+PONG')) return
        answered = true
        if (!connected) host.log(`connected to ${database}`)
        connected = true
      },
      ended() {
        if (connected) host.log(`lost ${database}`)
        connected = false
        link = undefined
        if (onDisconnected) return onDisconnected()
        host.after(tryAgainMs, connect)
      },
    })
    const ask = () => {
      if (link !== mine) return
      if (!answered) return mine.end()
      answered = false
      mine.send(ping)
      host.after(askEveryMs, ask)
    }
    link = mine
    host.after(askEveryMs, () => {
      if (!isOpen && link === mine) mine.end()
    })
  }

  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-pod': pod }
  const answer = (status: number, text: string): AppAnswer => ({
    ...{ status, headers, body: `${text}\n`, close: draining },
  })
  const handle = ({ path }: AppRequest): AppAnswer => {
    const at = path.indexOf('?')
    const pathname = at === -1 ? path : path.slice(0, at)
    if (pathname === '/healthz') return answer(200, `${pod} is well`)
    if (!connected) return answer(503, `${pod} has no database`)
    if (pathname !== '/slow') return answer(200, `${pod} has its database`)
    const ms = Math.min(Number(new URLSearchParams(path.slice(pathname.length)).get('ms') ?? 500), 60_000)
    return {
      ...answer(200, `${pod} took ${ms} ms`),
      afterMs: ms,
      // By the time that it is sent.
      get close() {
        return draining
      },
    }
  }

  const server = host.listen(port, handle)
  host.log(`my-app ${pod} listens on port ${port}`)
  connect()

  const exit = () => {
    host.log('no connection is left, exit 0')
    host.exit(0)
  }
  host.on('SIGTERM', () => {
    draining = true
    host.log(`SIGTERM: ${server.inFlight} requests in flight, answering for ${drainMs} ms more`)
    host.after(drainMs, () => {
      server.closeIdle()
      server.stopListening(() => {
        onDisconnected = exit
        if (link) link.end()
        else exit()
      })
    })
  })
}
