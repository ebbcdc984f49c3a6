import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { realClock } from '../cluster/clock.ts'
import type { NodeControl } from '../cluster/cluster.ts'
import type { RouteObservation } from '../model/observation.ts'
import { followRoutes, readRoute } from './routes.ts'

const event =
  '[1795264603.478277]\t    [NEW] tcp      6 120 SYN_SENT src=10.244.0.9 dst=10.96.99.14 sport=49322 dport=80 [UNREPLIED] src=10.244.1.12 dst=10.244.0.9 sport=8080 dport=49322'
const listed =
  'tcp      6 12 TIME_WAIT src=10.244.0.9 dst=10.96.99.14 sport=49400 dport=80 src=10.244.2.7 dst=10.244.0.9 sport=8080 dport=49400 [ASSURED] mark=0 use=1'

describe('a line of conntrack`s', () => {
  test('as an event tells when a connection was begun, its port, and the pod that it was sent to', () => {
    expect(readRoute(event)).toEqual({
      epochMs: expect.closeTo(1_795_264_603_478.277, 3),
      port: 49_322,
      address: '10.244.1.12',
    })
  })

  test('as an entry of the list tells no time', () => {
    expect(readRoute(listed)).toEqual({ port: 49_400, address: '10.244.2.7' })
  })

  test('may be of IPv6', () => {
    const v6 =
      '[1.5]\t[NEW] tcp 6 120 SYN_SENT src=fd00::9 dst=fd00::a sport=5 dport=80 [UNREPLIED] src=fd00::12 dst=fd00::9 sport=8080 dport=5'
    expect(readRoute(v6)).toEqual({ epochMs: 1_500, port: 5, address: 'fd00::12' })
  })

  test.each([
    '',
    'conntrack v1.4.7 (conntrack-tools): 12 flow entries have been shown.',
    '[1795264603.478277]\t[NEW] tcp 6 120 SYN_SENT src=10.244.0.9 dst=10.96.99.14 sport=49322 dport=80',
  ])('that is no such tells of none: %s', (line) => {
    expect(readRoute(line)).toBeUndefined()
  })
})

/** A node whose events and list are given by hand. */
function following(list: () => Promise<string> = async () => '') {
  const commands: string[][] = []
  const ended = Promise.withResolvers<void>()
  const started = Promise.withResolvers<(line: string) => void>()
  const nodes: Pick<NodeControl, 'exec' | 'follow'> = {
    exec: (node, command) => {
      commands.push([node, ...command])
      return list()
    },
    follow: (node, command, onLine) => {
      commands.push([node, ...command])
      started.resolve(onLine)
      return ended.promise
    },
  }
  const seen: RouteObservation[] = []
  const stopping = new AbortController()
  const recording = {
    now: () => 5_000,
    record: (o: RouteObservation) => seen.push(o),
  } as never
  let isKnown = false
  const known = followRoutes({
    ...{ nodes, clock: realClock, recording, node: 'control-plane', proberIp: '10.244.0.9', service: 'web' },
    ...{ clusterIp: '10.96.99.14', epochAtZero: 1_795_264_600_000, signal: stopping.signal },
  }).then(() => {
    isKnown = true
  })
  return { commands, ended, line: started.promise, seen, stopping, known, isKnown: () => isKnown }
}

describe('the routes of the prober`s connections', () => {
  test('are recorded as they are begun, those of the prober to the Service and no others', async () => {
    const { commands, line, seen, known } = following()
    const onLine = await line
    onLine(event)
    await known
    onLine(event.replaceAll('49322', '49323'))
    onLine('conntrack v1.4.7 (conntrack-tools): 12 flow entries have been shown.')
    expect(seen).toEqual([
      {
        source: 'route',
        atMs: expect.closeTo(3_478.277, 3),
        service: 'web',
        port: 49_322,
        address: '10.244.1.12',
      },
      expect.objectContaining({ port: 49_323 }),
    ])
    const ofProber = ['-p', 'tcp', '-s', '10.244.0.9', '-d', '10.96.99.14']
    expect(commands).toEqual([
      ['control-plane', 'conntrack', '-E', '-e', 'NEW', '-o', 'timestamp', ...ofProber],
      ['control-plane', 'conntrack', '-L', ...ofProber],
    ])
  })

  test('are known once those that were open before are listed, which is after the first was told of', async () => {
    const list = Promise.withResolvers<string>()
    const { commands, line, seen, known, isKnown } = following(() => list.promise)
    const onLine = await line
    await turn()
    expect(commands).toHaveLength(1)
    onLine(event)
    await turn()
    expect(commands).toHaveLength(2)
    expect(isKnown()).toBe(false)
    list.resolve(`${listed}\n`)
    await known
    expect(seen.slice(1)).toEqual([
      { source: 'route', atMs: 5_000, service: 'web', port: 49_400, address: '10.244.2.7' },
    ])
  })

  test.each([
    ['ends', (ended: PromiseWithResolvers<void>) => ended.resolve()],
    ['fails', (ended: PromiseWithResolvers<void>) => ended.reject(new Error('conntrack: not found'))],
  ])('are as known as they can be where the command %s', async (_, end) => {
    const { ended, known, seen } = following(async () => listed)
    end(ended)
    await known
    expect(seen).toHaveLength(1)
  })

  test('are as known as they can be where the list fails, and where the traffic is stopped', async () => {
    const failing = following(() => Promise.reject(new Error('conntrack: not found')))
    const onLine = await failing.line
    onLine(event)
    await failing.known
    expect(failing.seen).toHaveLength(1)
    const stopped = following()
    stopped.stopping.abort()
    await stopped.known
    expect(stopped.seen).toEqual([])
  })
})
