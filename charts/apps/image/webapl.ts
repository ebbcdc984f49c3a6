// A small web server that can be told to fall ill: /healthz fails after FAIL_AFTER seconds, /ready until READY_AFTER.
// It counts its starts in a file of each folder that COUNT_STARTS_IN names, as /tmp,/cache, and says what it found there.
// Every answer says which pod gave it. On SIGTERM it goes on answering for DRAIN seconds, asks each connection to
// close, finishes what is in flight, and exits 0.
import type { AppAnswer, AppRequest, Host } from '@rolypoly/harness'

export function webapl(host: Host): void {
  const { env, hostname: pod } = host
  const seconds = (name: string, otherwise: number): number => {
    const text = env[name]
    return text === undefined || text === '' ? otherwise : Number(text) * 1_000
  }
  const failAfterMs = seconds('FAIL_AFTER', Number.POSITIVE_INFINITY)
  const readyAfterMs = seconds('READY_AFTER', 0)
  const drainMs = seconds('DRAIN', 2_000)
  const onSigterm = env.ON_SIGTERM ?? 'drain'
  const port = Number(env.PORT ?? 8080)

  if (env.ON_START === 'exit 1') {
    return host.after(2_000, () => {
      host.log(`${pod} cannot start: its configuration is broken`)
      host.exit(1)
    })
  }
  const folders = (env.COUNT_STARTS_IN ?? '').split(',').filter(Boolean)
  if (folders.length > 0) {
    const counts = folders.map((folder) => {
      const starts = Number(host.read(`${folder}/starts`) ?? 0) + 1
      host.write(`${folder}/starts`, String(starts))
      return `${starts} by ${folder}`
    })
    host.log(`starts so far: ${counts.join(', ')}`)
  }
  let draining = false
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-pod': pod }

  const answer = (status: number, text: string): AppAnswer => ({
    status,
    headers,
    body: `${text}\n`,
    close: draining,
  })

  const handle = ({ path }: AppRequest): AppAnswer => {
    const at = path.indexOf('?')
    const pathname = at === -1 ? path : path.slice(0, at)
    if (pathname === '/healthz') {
      const ill = host.now() >= failAfterMs
      return answer(ill ? 500 : 200, ill ? `${pod} is ill` : `${pod} is well`)
    }
    if (pathname === '/ready') {
      const ready = host.now() >= readyAfterMs
      return answer(ready ? 200 : 500, ready ? `${pod} is ready` : `${pod} is not ready yet`)
    }
    if (pathname !== '/slow') return answer(200, `this is ${pod}`)
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
  host.log(`webapl ${pod} listens on port ${port}`)

  /** Takes no new connections, and leaves those that are open, idle ones too, as Node did up to version 18. */
  const closeListener = () => {
    host.log(`SIGTERM: ${server.inFlight} requests in flight, no new connections`)
    server.stopListening(() => host.exit(0))
  }

  host.on('SIGTERM', () => {
    if (onSigterm === 'ignore') return host.log('SIGTERM ignored')
    if (onSigterm === 'exit 1') return host.exit(1)
    if (onSigterm === 'only close') return closeListener()
    draining = true
    if (onSigterm === 'stop listening') return closeListener()
    host.log(`SIGTERM: ${server.inFlight} requests in flight, answering for ${drainMs} ms more`)
    host.after(drainMs, () => {
      server.closeIdle()
      server.stopListening(() => {
        host.log('nothing in flight, exit 0')
        host.exit(0)
      })
    })
  })
}
