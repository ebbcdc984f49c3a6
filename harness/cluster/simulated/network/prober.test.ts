import { describe, expect, test } from 'vitest'
import type { AppRequest, Host } from '../../../model/behaviour.ts'
import type { ProbeOutcome, ProbeQuestion, Process } from '../world.ts'
import type { Interception } from './barriers.ts'
import { testWorld } from './testing.ts'

const asked: AppRequest[] = []
const app = (host: Host) => {
  host.listen(8080, (request) => {
    asked.push(request)
    const status = Number(request.path.slice(1)) || 200
    return { status, ...(request.path === '/slow' && { afterMs: 800 }) }
  })
  host.listenForHealth(8081)
  host.write('/tmp/well', 'well\n')
}

function probing() {
  const made = testWorld()
  const { network, clock, start } = made
  const process = start(app)
  /** What came of it, and after how many milliseconds. */
  const probe = (question: ProbeQuestion, timeoutMs = 1_000, on: Process = process) => {
    const beganMs = clock.now()
    const came: { outcome: ProbeOutcome; afterMs: number }[] = []
    network.probe(on, question, timeoutMs, (outcome) =>
      came.push({ outcome, afterMs: clock.now() - beganMs }),
    )
    clock.advance(timeoutMs + 1)
    expect(came).toHaveLength(1)
    return came[0]
  }
  const message = (...args: Parameters<typeof probe>) => {
    const outcome = probe(...args)?.outcome
    return outcome?.result === 'failure' ? outcome.message : outcome?.result
  }
  return { ...made, process, probe, message, ip: process.order.ip, machine: made.machines[0] }
}

const http = (path: string, parts: Partial<ProbeQuestion & { way: 'http' }> = {}): ProbeQuestion => ({
  ...{ way: 'http', port: 8080, path, headers: {}, scheme: 'HTTP' },
  ...parts,
})

describe('a probe over HTTP', () => {
  test.each([
    [200, 'success'],
    [399, 'success'],
    [400, 'HTTP probe failed with statuscode: 400'],
    [500, 'HTTP probe failed with statuscode: 500'],
  ])('of an app that answers %d', (status, said) => {
    expect(probing().message(http(`/${status}`))).toBe(said)
  })

  test.each([
    [299, undefined],
    [300, 'Probe terminated redirects'],
    [399, 'Probe terminated redirects'],
  ])('that is answered %d succeeds, with a warning or without', (status, warning) => {
    expect(probing().probe(http(`/${status}`))?.outcome).toEqual({
      ...{ result: 'success', ...(warning && { warning }) },
    })
  })

  test('takes a millisecond, and asks as the kubelet does', () => {
    const { probe } = probing()
    expect(probe(http('/', { headers: { 'X-Who': 'me' } }))).toEqual({
      outcome: { result: 'success' },
      afterMs: 1,
    })
    expect(asked.at(-1)?.headers).toMatchObject({ 'user-agent': 'kube-probe/1.34', 'x-who': 'me' })
  })

  test('waits for a slow app, but not longer than its timeout', () => {
    const { probe, ip } = probing()
    expect(probe(http('/slow'))).toEqual({ outcome: { result: 'success' }, afterMs: 801 })
    expect(probe(http('/slow'), 500)).toEqual({
      outcome: {
        result: 'failure',
        message: `Get "http://${ip}:8080/slow": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
      },
      afterMs: 500,
    })
  })

  test('is refused where nothing listens, and reset where the app ends meanwhile', () => {
    const { message, ip, process, clock, network } = probing()
    expect(message(http('/', { port: 9_000 }))).toBe(
      `Get "http://${ip}:9000/": dial tcp ${ip}:9000: connect: connection refused`,
    )
    const came: ProbeOutcome[] = []
    network.probe(process, http('/slow'), 1_000, (outcome) => came.push(outcome))
    process.signal('SIGKILL')
    clock.advance(1)
    expect(came).toMatchObject([{ message: expect.stringContaining('connection reset by peer') }])
  })

  test('fails where the app does not speak it, or no TLS', () => {
    const { message } = probing()
    expect(message(http('/', { port: 8081 }))).toContain('malformed HTTP response')
    expect(message(http('/', { scheme: 'HTTPS' }))).toContain('HTTP response to HTTPS client')
  })
})

describe('a probe by another way', () => {
  test('over tcp asks for a connection alone', () => {
    const { message, ip } = probing()
    expect(message({ way: 'tcp', port: 8080 })).toBe('success')
    expect(message({ way: 'tcp', port: 9_000 })).toBe(`dial tcp ${ip}:9000: connect: connection refused`)
  })

  test('over gRPC dials until its time is over', () => {
    const { probe, ip } = probing()
    expect(probe({ way: 'grpc', port: 8081 })).toMatchObject({ outcome: { result: 'success' }, afterMs: 1 })
    const message = `timeout: failed to connect service "${ip}:9000" within 1s: context deadline exceeded`
    expect(probe({ way: 'grpc', port: 9_000 })).toEqual({
      ...{ outcome: { result: 'failure', message }, afterMs: 1_000 },
    })
    expect(probe({ way: 'grpc', port: 8080 })?.outcome.result).toBe('failure')
  })

  test('by a command fails with what that printed, or when its time is over', () => {
    const { message, probe } = probing()
    expect(message({ way: 'exec', command: ['cat', '/tmp/well'] })).toBe('success')
    expect(message({ way: 'exec', command: ['cat', '/tmp/ill'] })).toContain('No such file')
    expect(probe({ way: 'exec', command: ['sleep', '5'] })).toEqual({
      outcome: { result: 'failure', message: 'command timed out: "sleep 5" timed out after 1s' },
      afterMs: 1_000,
    })
  })
})

test('an app that is stopped answers nothing, and its kernel takes connections all the same', () => {
  const { probe, process } = probing()
  process.signal('SIGSTOP')
  const timedOut = { outcome: { result: 'failure' }, afterMs: 1_000 }
  expect(probe(http('/healthz'))).toMatchObject(timedOut)
  expect(probe({ way: 'grpc', port: 8081 })).toMatchObject(timedOut)
  expect(probe({ way: 'tcp', port: 8080 })).toMatchObject({ outcome: { result: 'success' } })
  expect(probe({ way: 'exec', command: ['cat', '/tmp/well'] })).toMatchObject({
    outcome: { result: 'success' },
  })
  process.signal('SIGCONT')
  expect(probe(http('/healthz'))).toMatchObject({ outcome: { result: 'success' } })
})

test('a kubelet that is frozen hears of its probe when it goes on', () => {
  const { network, process, machine, clock } = probing()
  const came: ProbeOutcome[] = []
  network.probe(process, http('/'), 1_000, (outcome) => came.push(outcome))
  machine.set('paused')
  clock.advance(5_000)
  expect(came).toEqual([])
  machine.set('running')
  expect(came).toEqual([{ result: 'success' }])
})

describe('what stands before a probe on its machine', () => {
  const interception = (ip: string, parts: Partial<Interception> = {}): Interception => ({
    ...{ sort: 'intercept', ip, port: 8080, path: '/healthz', headers: [], onFailed: () => undefined },
    ...{ failure: { with: 'status', status: 503 } },
    ...parts,
  })

  test('a proxy fails its probe and passes all others on', () => {
    const { network, machine, machines, message, ip, start } = probing()
    const failed: string[] = []
    const placed = network.barriers.place(
      machine,
      interception(ip, { onFailed: (path) => failed.push(path) }),
    )
    expect(message(http('/healthz'))).toBe('HTTP probe failed with statuscode: 503')
    expect(message(http('/500'))).toBe('HTTP probe failed with statuscode: 500')
    expect(message(http('/healthz', { headers: { 'user-agent': 'curl' } }))).toBe('success')
    expect(message({ way: 'tcp', port: 8080 })).toBe('success')
    expect(message({ way: 'grpc', port: 8081 })).toBe('success')
    expect(message(http('/healthz'), 1_000, start(app))).toBe('success')
    const users: unknown[] = []
    network.request(
      { machine: machines[0], ip: '10.244.1.200' },
      {
        ...{ ip, port: 8080, fromPort: 1, keep: false, timeoutMs: 1_000 },
        request: { path: '/healthz', headers: {} },
      },
      ({ status }) => users.push(status),
    )
    expect(users).toEqual([200])
    expect(failed).toEqual(['/healthz'])
    placed.remove()
    expect(message(http('/healthz'))).toBe('success')
  })

  test('a proxy tells a probe by its own headers where it has any', () => {
    const { network, machine, message, ip } = probing()
    const headers = [{ name: 'X-Which', value: 'one' }]
    network.barriers.place(machine, interception(ip, { headers }))
    expect(message(http('/healthz', { headers: { 'X-Which': 'one' } }))).toContain('503')
    expect(message(http('/healthz', { headers: { 'X-Which': 'two' } }))).toBe('success')
  })

  test.each([
    [{ with: 'reset' }, 'connection reset by peer', 1],
    [{ with: 'silence' }, 'Client.Timeout exceeded', 1_000],
    [{ with: 'delay', delayMs: 1_500 }, 'Client.Timeout exceeded', 1_000],
    [{ with: 'delay', delayMs: 500 }, 'success', 501],
  ] as const)('a proxy answers with %j', (failure, said, afterMs) => {
    const { network, machine, probe, ip } = probing()
    network.barriers.place(machine, interception(ip, { failure }))
    const came = probe(http('/healthz'))
    expect(JSON.stringify(came?.outcome)).toContain(said)
    expect(came?.afterMs).toBe(afterMs)
  })

  test('a proxy resets what the app does not take', () => {
    const { network, machine, message, ip, process } = probing()
    network.barriers.place(machine, interception(ip))
    process.signal('SIGKILL')
    expect(message(http('/ready'))).toContain('connection reset by peer')
  })

  test('a block resets or silences a whole port', () => {
    const { network, machine, message, probe, ip } = probing()
    let count = 0
    const block = { sort: 'block', ip, port: 8081, onFailed: () => count++ } as const
    const placed = network.barriers.place(machine, { ...block, with: 'reset' })
    expect(message({ way: 'tcp', port: 8081 })).toContain('connection refused')
    expect(probe({ way: 'grpc', port: 8081 })?.afterMs).toBe(1_000)
    expect(message(http('/'))).toBe('success')
    expect(count).toBe(2)
    placed.remove()
    network.barriers.place(machine, { ...block, with: 'silence' })
    expect(message({ way: 'tcp', port: 8081 })).toContain('i/o timeout')
  })

  test('heals within six seconds of its process` end; a proxy refuses until then', () => {
    const { network, machine, message, ip, clock } = probing()
    network.barriers.place(machine, interception(ip)).orphan()
    expect(message(http('/ready'), 1)).toContain('connection refused')
    clock.advance(3_900)
    expect(message(http('/ready'), 1)).toContain('connection refused')
    clock.advance(2_100)
    expect(message(http('/ready'))).toBe('success')
  })

  test('goes when its machine is turned off', () => {
    const { network, machine, ip } = probing()
    network.barriers.place(machine, interception(ip))
    machine.set('stopped')
    expect(network.barriers.before(machine, ip, 8080)).toBeUndefined()
  })
})
