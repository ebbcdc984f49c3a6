import { describe, expect, test } from 'vitest'
import type { AppAnswer, AppRequest, Host, Listener } from '../../../model/behaviour.ts'
import type { Connection } from './listener.ts'
import type { Outcome } from './network.ts'
import { testWorld } from './testing.ts'

/** Answers at once, but for /slow after a second; `stop` is told its listener at SIGTERM. */
const app =
  (stop: (listener: Listener, host: Host) => void = () => undefined) =>
  (host: Host) => {
    const listener = host.listen(8080, ({ path }: AppRequest): AppAnswer => {
      const headers = { 'x-pod': host.hostname }
      return { status: 200, headers, ...(path === '/slow' && { afterMs: 1_000 }) }
    })
    host.on('SIGTERM', () => stop(listener, host))
  }

function world(seed?: number) {
  const made = testWorld(seed)
  const { network, machines, clock } = made
  const caller = { machine: machines[0], ip: '10.244.1.200' }
  let fromPort = 1_024
  const outcomes: Outcome[] = []
  const get = (ip: string, path = '/', keep = false, port = ip.startsWith('10.96') ? 80 : 8080) =>
    network.request(
      caller,
      { ip, port, fromPort: fromPort++, request: { path, headers: {} }, keep, timeoutMs: 2_000 },
      (outcome) => outcomes.push(outcome),
    )
  const again = (connection: Connection | undefined, path = '/') => {
    if (!connection) throw new Error('there is no connection')
    network.reuse(connection, { path, headers: {} }, 2_000, (outcome) => outcomes.push(outcome))
  }
  const ends = () => outcomes.splice(0).map(({ status, lost }) => lost ?? status)
  const keep = (ip: string): Connection => {
    get(ip, '/', true)
    const connection = outcomes.pop()?.connection
    if (!connection) throw new Error('nothing was kept')
    return connection
  }
  return { ...made, get, again, ends, keep, outcomes, advance: (ms: number) => clock.advance(ms) }
}

describe('a request to a pod', () => {
  test('is answered at once, or when the app has taken its time', () => {
    const { start, get, ends, advance, outcomes } = world()
    const { ip } = start(app()).order
    get(ip)
    expect(outcomes[0]).toMatchObject({ headers: { 'x-pod': 'pod-1' } })
    expect(outcomes[0]?.tookMs).toBeLessThan(3)
    expect(ends()).toEqual([200])
    get(ip, '/slow')
    advance(999)
    expect(ends()).toEqual([])
    advance(1)
    expect(outcomes[0]?.tookMs).toBeGreaterThan(1_000)
    expect(ends()).toEqual([200])
  })

  test('is refused where nothing listens, and lost where there is no such IP', () => {
    const { start, get, ends, advance } = world()
    const { ip } = start(() => undefined).order
    get(ip)
    expect(ends()).toEqual(['refused'])
    for (let count = 0; count < 20; count++) get('10.244.1.77')
    advance(2_000)
    expect(new Set(ends())).toEqual(new Set(['unreachable', 'timeout']))
  })

  test('is refused until the app listens', () => {
    const { start, runtime, get, ends, advance } = world()
    const { order } = start(app())
    runtime.newest('pod-1', 'app')?.signal('SIGKILL')
    get(order.ip)
    runtime.start(order)
    get(order.ip)
    advance(200)
    get(order.ip)
    expect(ends()).toEqual(['refused', 'refused', 200])
  })

  test('is reset in flight by a SIGKILL, and so is one that was sent before the end was known', () => {
    const { start, get, again, keep, ends, advance, network } = world()
    const process = start(app())
    const { ip } = process.order
    const [busy, idle] = [keep(ip), keep(ip)]
    get(ip, '/slow')
    again(busy, '/slow')
    process.signal('SIGKILL')
    expect(ends()).toEqual(['reset', 'reset'])
    expect(network.isOpen(idle)).toBe(true)
    again(idle)
    expect(ends()).toEqual(['reset'])
    advance(5)
    expect(network.isOpen(idle)).toBe(false)
    get(ip)
    expect(ends()).toEqual(['refused'])
  })

  test('is lost with a machine that is turned off, and nobody tells', () => {
    const { start, get, again, keep, ends, advance, machines, network } = world()
    const { ip } = start(app(), { machine: machines[1] }).order
    const kept = keep(ip)
    get(ip, '/slow')
    machines[1].set('stopped')
    expect(network.isOpen(kept)).toBe(true)
    get(ip)
    again(kept)
    advance(1_999)
    expect(ends()).toEqual([])
    advance(1)
    expect(ends()).toEqual(['timeout', 'timeout', 'timeout'])
  })

  test('waits while the machine is frozen, and is answered late where somebody still waits', () => {
    const { start, get, again, keep, ends, advance, machines } = world()
    const { ip } = start(app(), { machine: machines[1] }).order
    const kept = keep(ip)
    machines[1].set('paused')
    get(ip)
    advance(1_000)
    again(kept)
    advance(1_500)
    expect(ends()).toEqual(['timeout'])
    machines[1].set('running')
    expect(ends()).toEqual([200])
  })
})

describe('a listener that is stopped', () => {
  test('refuses new connections, and finishes what is in flight', () => {
    let isClosed = false
    const { start, get, ends, advance } = world()
    const process = start(
      app((listener) =>
        listener.stopListening(() => {
          isClosed = true
        }),
      ),
    )
    get(process.order.ip, '/slow')
    process.signal('SIGTERM')
    get(process.order.ip)
    expect(ends()).toEqual(['refused'])
    expect(isClosed).toBe(false)
    advance(1_000)
    expect(ends()).toEqual([200])
    advance(1)
    expect(isClosed).toBe(true)
  })

  test('is closed once the last kept connection is, which idle ones are five seconds later', () => {
    let closedMs: number | undefined
    const { start, clock, keep, again, ends, advance } = world()
    const process = start(
      app((listener, host) =>
        listener.stopListening(() => {
          closedMs = host.now()
        }),
      ),
    )
    const kept = keep(process.order.ip)
    const sinceMs = clock.now() - process.startedMs
    process.signal('SIGTERM')
    for (let count = 0; count < 10; count++) {
      advance(1_000)
      again(kept)
    }
    expect(new Set(ends())).toEqual(new Set([200]))
    expect(closedMs).toBeUndefined()
    advance(6_000)
    expect(closedMs).toBe(sinceMs + 15_000)
  })

  test('closes idle connections where it is told to', () => {
    const { start, network, keep, again, advance, ends } = world()
    const process = start(app((listener) => listener.closeIdle()))
    const [idle, busy] = [keep(process.order.ip), keep(process.order.ip)]
    again(busy, '/slow')
    process.signal('SIGTERM')
    expect([network.isOpen(idle), network.isOpen(busy)]).toEqual([false, true])
    advance(1_000)
    expect(ends()).toEqual([200])
  })
})

describe('a Service', () => {
  test('sends each connection to one of its ready endpoints', () => {
    const { start, service, endpoints, get, outcomes } = world()
    service()
    const ips = [1, 2, 3].map(() => start(app()).order.ip)
    endpoints(...ips.map((ip, at) => ({ ip, ready: at > 0 })))
    for (let count = 0; count < 50; count++) get('10.96.0.1')
    const pods = new Set(outcomes.map(({ headers }) => headers?.['x-pod']))
    expect(pods.size).toBe(2)
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([200]))
  })

  test('is followed by each node 50 to 600 ms later', () => {
    const { start, service, endpoints, get, ends, advance } = world()
    service()
    const { ip } = start(app()).order
    endpoints({ ip })
    get('10.96.0.1')
    endpoints()
    advance(49)
    get('10.96.0.1')
    expect(ends()).toEqual([200, 200])
    advance(551)
    get('10.96.0.1')
    expect(ends()).toEqual(['refused'])
  })

  test('is followed again by a node that was frozen, or turned off, when that runs again', () => {
    const { start, service, endpoints, get, ends, advance, machines } = world()
    service()
    endpoints({ ip: start(app(), { machine: machines[1] }).order.ip })
    get('10.96.0.1')
    machines[0].set('paused')
    endpoints()
    advance(10_000)
    machines[0].set('running')
    get('10.96.0.1')
    expect(ends()).toEqual([200, 200])
    advance(600)
    get('10.96.0.1')
    expect(ends()).toEqual(['refused'])
  })

  test('is followed again by a node that was cut off from the API server, once that is mended', () => {
    const { start, service, endpoints, get, ends, advance, machines } = world()
    service()
    endpoints({ ip: start(app(), { machine: machines[1] }).order.ip })
    get('10.96.0.1')
    machines[0].link.cutOff()
    endpoints()
    advance(10_000)
    get('10.96.0.1')
    machines[0].link.mend()
    advance(600)
    get('10.96.0.1')
    expect(ends()).toEqual([200, 200, 'refused'])
  })

  test('falls back to endpoints that serve while they stop', () => {
    const { start, service, endpoints, get, ends } = world()
    service()
    const { ip } = start(app()).order
    endpoints({ ip, ready: false, serving: true, terminating: true })
    get('10.96.0.1')
    expect(ends()).toEqual([200])
  })

  test('keeps a connection at its pod when the endpoint is gone', () => {
    const { start, service, endpoints, keep, again, ends, advance } = world()
    service()
    endpoints({ ip: start(app()).order.ip })
    const kept = keep('10.96.0.1')
    endpoints()
    advance(1_000)
    again(kept)
    expect(ends()).toEqual([200])
  })

  test('tells the routes of connections as they are begun, and those that are kept', () => {
    const { start, service, endpoints, get, keep, network, machines } = world()
    service()
    const { ip } = start(app()).order
    endpoints({ ip })
    const routes: unknown[] = []
    const end = network.onRoute(machines[0], (route) => routes.push(route))
    get('10.96.0.1')
    const route = { fromIp: '10.244.1.200', serviceIp: '10.96.0.1', servicePort: 80, ip, port: 8080 }
    expect(routes).toEqual([{ ...route, fromPort: 1_024 }])
    const kept = keep('10.96.0.1')
    expect(network.openRoutes(machines[0])).toEqual([{ ...route, fromPort: 1_025 }])
    kept.listener.close(kept)
    expect(network.openRoutes(machines[0])).toEqual([])
    end()
    get('10.96.0.1')
    expect(routes).toHaveLength(2)
  })

  test('a connection that waits for its one answer has a route too', () => {
    const { start, service, endpoints, get, network, machines, advance } = world()
    service()
    endpoints({ ip: start(app()).order.ip })
    get('10.96.0.1', '/slow')
    expect(network.openRoutes(machines[0])).toHaveLength(1)
    advance(1_100)
    expect(network.openRoutes(machines[0])).toEqual([])
  })
})
