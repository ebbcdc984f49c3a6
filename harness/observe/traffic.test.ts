import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { EnvironmentError } from '../model/errors.ts'
import type { Observation } from '../model/observation.ts'
import { FakeRecording, pod, running, watched } from '../timeline/testing.ts'
import { startTraffic, type TrafficOptions } from './traffic.ts'

/** The wall clock at the recording's zero; the prober runs two seconds later. */
const zero = 1_795_264_500_000
const name = 'rolypoly-prober-web'
const started = watched(
  'Pod',
  2_000,
  pod({ name, ip: '10.244.0.9', node: 'control-plane', containers: { prober: running('p1') } }),
)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: zero + 2_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A line of the prober's: each request took a millisecond, and was sent as many milliseconds after the zero as 10 times its number. */
const line = (...rows: [seq: number, outcome: number | string][]) =>
  JSON.stringify({
    ...{ t: zero, names: ['web-1'] },
    rows: rows.map(([seq, outcome]) => [seq, 10 * seq, 1, 40_000 + seq, 0, outcome, 0]),
  })
const good = (from: number, to: number) =>
  line(...Array.from({ length: to - from + 1 }, (_, i): [number, number] => [from + i, 200]))

interface Parts {
  coming?: Observation[]
  /** What each reading of the log brings. */
  logs?: string[][]
  capabilities?: string[]
  service?: string
}

function starting({ coming = [started], logs = [], capabilities = [], service = 'web' }: Parts) {
  const recording = new FakeRecording(...coming)
  const { promise: never } = Promise.withResolvers<never>()
  const created: unknown[] = []
  const followed: unknown[] = []
  const stopped: AbortSignal[] = []
  let onLine = (_: string): void => undefined
  const kube = {
    create: async (object: unknown) => created.push(object),
    exec: async () => ({ stdout: '', stderr: '', exitCode: 0 }),
    followLogs: (_: object, told: (text: string) => void, until: AbortSignal) => {
      onLine = told
      stopped.push(until)
      for (const text of logs.shift() ?? []) told(text)
      return logs.length > 0 ? Promise.resolve() : never
    },
  }
  const nodes = {
    exec: async () => '',
    follow: async (node: string, command: string[]) => void followed.push([node, ...command]),
  }
  const options = {
    cluster: { kube, nodes, clock: recording.clock, capabilities: new Set(capabilities) },
    recorder: recording,
    ...{ namespace: 'shop', image: 'helper:dev', service, host: '10.96.99.14', port: 80 },
    ...{ targetPort: 8080, path: '/slow', requestsPerSecond: 100 },
    signal: new AbortController().signal,
  } as unknown as TrafficOptions
  const seqs = () =>
    recording.timeline.traffic.asked.map(({ sentMs, lost }) => `${sentMs / 10}${lost ? ` ${lost}` : ''}`)
  return {
    starts: startTraffic(options),
    recording,
    created,
    followed,
    stopped,
    seqs,
    tell: (text: string) => onLine(text),
  }
}

describe('traffic', () => {
  test('is sent by a prober pod of its own, to the Service at its rate', async () => {
    const { starts, created } = starting({ logs: [[good(0, 9)]] })
    expect((await starts).service).toBe('web')
    expect(created).toMatchObject([
      {
        metadata: { name, namespace: 'shop', labels: { 'rolypoly.dev/role': 'prober' } },
        spec: {
          containers: [
            { image: 'helper:dev', command: ['node', 'prober.ts', 'http://10.96.99.14:80/slow', '100'] },
          ],
        },
      },
    ])
  })

  test('of a Service in another namespace has a pod of its own name, and is not taken for that of another', async () => {
    const mine = 'rolypoly-prober-neighbour-web'
    const other = watched('Pod', 0, { ...pod({ name: mine, ip: '10.244.9.9' }) })
    other.object.metadata.namespace = 'elsewhere'
    const parts = { name: mine, ip: '10.244.0.5', containers: { prober: running('p1') } }
    const coming = [other, watched('Pod', 1, pod({ ...parts, uid: 'mine' }))]
    const { starts, created, recording, followed } = starting({
      ...{ service: 'neighbour/web', coming, logs: [[good(0, 11)]], capabilities: ['node.exec'] },
    })
    expect((await starts).service).toBe('neighbour/web')
    expect(created).toMatchObject([{ metadata: { name: mine } }])
    expect(followed).toEqual([expect.arrayContaining(['10.244.0.5'])])
    expect(recording.timeline.traffic.asked.map(({ service }) => service)).toEqual([
      ...['neighbour/web', 'neighbour/web'],
    ])
  })

  test('flows from ten good answers on: what was before is not recorded', async () => {
    const { starts, seqs, tell } = starting({ logs: [[line([0, 'refused']), good(1, 10)]] })
    await starts
    expect(seqs()).toEqual([])
    tell(line([11, 200], [12, 'reset']))
    expect(seqs()).toEqual(['11', '12 reset'])
  })

  test('flows from ten in a row: each failure begins the count again', async () => {
    const { starts, seqs } = starting({ logs: [[good(0, 8), line([9, 503]), good(10, 19), good(20, 21)]] })
    await starts
    expect(seqs()).toEqual(['20', '21'])
  })

  test('is recorded once, though the log is read again from its start', async () => {
    const first = [good(0, 9), line([10, 200], [12, 'reset'])]
    const { starts, seqs } = starting({ logs: [first, [...first, line([11, 200], [13, 200])]] })
    await starts
    await turn()
    expect(seqs()).toEqual(['10', '12 reset', '11', '13'])
  })

  test('is settled up to the last request that was sent before one that is not told of yet', async () => {
    const { starts, tell } = starting({ logs: [[good(0, 9)]] })
    const traffic = await starts
    expect(traffic.settledMs()).toBe(90)
    tell(line([11, 200], [12, 200]))
    expect(traffic.settledMs()).toBe(90)
    tell(line([10, 'timeout']))
    expect(traffic.settledMs()).toBe(120)
  })

  test('is told in the time of the recording', async () => {
    const { starts, recording, tell } = starting({ logs: [[good(0, 9)]] })
    await starts
    tell(line([10, 200]))
    expect(recording.timeline.traffic.asked).toMatchObject([
      { sentMs: 100, service: 'web', port: 40_010, pod: 'web-1' },
    ])
  })

  test('is followed to its pods where the cluster lets the harness into its nodes, and not elsewhere', async () => {
    const inside = starting({ logs: [[good(0, 9)]], capabilities: ['node.exec'] })
    await inside.starts
    const ofProber = ['-p', 'tcp', '-s', '10.244.0.9', '-d', '10.96.99.14']
    expect(inside.followed).toEqual([
      ['control-plane', 'conntrack', '-E', '-e', 'NEW', '-o', 'timestamp', ...ofProber],
    ])
    const outside = starting({ logs: [[good(0, 9)]] })
    await outside.starts
    expect(outside.followed).toEqual([])
  })

  test('ends when it is stopped', async () => {
    const { starts, stopped } = starting({ logs: [[good(0, 9)]] })
    const traffic = await starts
    expect(stopped.map(({ aborted }) => aborted)).toEqual([false])
    traffic.stop()
    expect(stopped.map(({ aborted }) => aborted)).toEqual([true])
  })
})

describe('traffic that does not come to flow', () => {
  test('within a minute says what was answered last', async () => {
    const { starts, stopped } = starting({ logs: [[good(0, 8), line([9, 'refused'])]] })
    const error = await starts.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(EnvironmentError)
    expect(error).toMatchObject({
      message: 'Service/shop/web: no good answer from http://10.96.99.14:80/slow: refused',
      remedy: expect.stringContaining('{ traffic: false }'),
    })
    expect(stopped.map(({ aborted }) => aborted)).toEqual([true])
  })

  test('says so where nothing was answered, and where the prober did not start', async () => {
    await expect(starting({}).starts).rejects.toThrow('slow: nothing was answered')
    const missing = starting({ coming: [] })
    await expect(missing.starts).rejects.toThrow(
      'Pod/shop/rolypoly-prober-web: the traffic prober did not start',
    )
    expect(missing.recording.now()).toBe(60_000)
  })
})
