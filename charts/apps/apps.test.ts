import { describe, expect, test } from 'vitest'
import type { PodObject } from '../../harness/cluster/kube.ts'
import { helperBehaviour } from '../../harness/cluster/simulated/images/helper.ts'
import { testWorld } from '../../harness/cluster/simulated/network/testing.ts'
import type { Process } from '../../harness/cluster/simulated/world.ts'
import { kubia } from '../kubia/chart.ts'
import { myApp } from '../my-app/chart.ts'
import { redis } from '../my-app/redis.ts'
import { nginx } from '../nginx/chart.ts'
import { probes } from '../probes/chart.ts'
import { webapl } from '../webapl/chart.ts'
import { apps, commandOf, commandUnderShell } from './apps.ts'

/** Two pods behind a Service, and the prober at 100 requests a second. */
function serving(env: Record<string, string>, path = '/slow?ms=50') {
  const made = testWorld()
  const { start, clock, service, endpoints } = made
  service()
  const pods = ['web-1', 'web-2'].map((uid) => start(apps, { uid, command: commandOf('webapl'), env }))
  const all = pods.map(({ order }) => ({ ip: order.ip }))
  endpoints(...all)
  const prober = start(helperBehaviour, {
    command: ['node', 'prober.ts', `http://10.96.0.1:80${path}`, '100'],
  })
  clock.advance(1_000)
  const [first, second] = pods
  if (!first || !second) throw new Error('there are two')
  /** As the API server and the kubelet do it, the one right after the other. */
  const stop = (leavesMs = 100) => {
    first.signal('SIGTERM')
    clock.after(leavesMs, () => endpoints({ ip: second.order.ip }))
  }
  return { ...made, first, stop, lost: () => lostOf(prober) }
}

function lostOf({ log }: Process): unknown[] {
  type Line = { rows: [number, number, number, number, number, unknown][] }
  return log.lines
    .flatMap(({ text }) => (JSON.parse(text) as Line).rows.map((row) => row[5]))
    .filter((outcome) => outcome !== 200)
}

describe('under load', () => {
  test('webapl that drains loses nothing', () => {
    const { stop, clock, first, lost } = serving({})
    const toldMs = clock.now()
    stop()
    clock.advance(5_000)
    expect(lost()).toEqual([])
    expect(first.exited?.exitCode).toBe(0)
    expect((first.exited?.atMs ?? 0) - toldMs).toBeGreaterThanOrEqual(2_000)
    expect((first.exited?.atMs ?? 0) - toldMs).toBeLessThan(2_200)
    expect(first.log.lines.map(({ text }) => text)).toEqual([
      'webapl web-1 listens on port 8080',
      expect.stringMatching(/^SIGTERM: [1-9] requests in flight, answering for 2000 ms more$/),
      'nothing in flight, exit 0',
    ])
  })

  test('one that stops listening refuses those that are still routed to it, and drops nothing', () => {
    const { stop, clock, first, lost } = serving({ ON_SIGTERM: 'stop listening' })
    stop(1_000)
    clock.advance(5_000)
    expect(new Set(lost())).toEqual(new Set(['refused']))
    expect(lost().length).toBeGreaterThan(20)
    expect(first.exited?.exitCode).toBe(0)
  })

  test('one that only closes its listener keeps its busy connections for ever', () => {
    const { stop, clock, first, lost } = serving({ ON_SIGTERM: 'only close' })
    stop(0)
    clock.advance(20_000)
    expect(first.exited).toBeUndefined()
    const before = lost().length
    first.signal('SIGKILL')
    clock.advance(1_000)
    expect(new Set(lost().slice(before))).toEqual(new Set(['reset']))
  })

  test('one that exits drops what is in flight', () => {
    const { stop, clock, first, lost } = serving({ ON_SIGTERM: 'exit 1' })
    stop()
    clock.advance(5_000)
    expect(first.exited?.exitCode).toBe(1)
    expect(new Set(lost())).toEqual(new Set(['reset', 'refused']))
  })

  test('one that ignores SIGTERM goes on', () => {
    const { stop, clock, first, lost } = serving({ ON_SIGTERM: 'ignore' })
    stop()
    clock.advance(5_000)
    expect(first.exited).toBeUndefined()
    expect(lost()).toEqual([])
  })
})

test('webapl that cannot start says why, and fails', () => {
  const { start, clock } = testWorld()
  const web = start(apps, { uid: 'web-1', command: commandOf('webapl'), env: { ON_START: 'exit 1' } })
  clock.advance(5_000)
  expect(web.exited).toMatchObject({ atMs: web.startedMs + 2_000, exitCode: 1 })
  expect(web.log.lines.map(({ text }) => text)).toEqual(['web-1 cannot start: its configuration is broken'])
})

test('webapl counts its starts, and a volume outlives the container', () => {
  const { start, clock } = testWorld()
  const [env, command] = [{ COUNT_STARTS_IN: '/tmp,/tmp/cache' }, commandOf('webapl')]
  type Made = { spec?: { template: { spec: PodObject['spec'] } } }
  const { spec } = (webapl({ cache: 'an emptyDir' }).objects[0] as Made).spec?.template ?? {}
  if (!spec) throw new Error('it has a spec')
  const pod = { ...{ apiVersion: 'v1', kind: 'Pod', spec }, metadata: { name: 'web-1', uid: 'web-1' } }
  const told = [1, 2].map(() => {
    const web = start(apps, { pod, name: 'webapl', ip: '10.244.1.99', command, env })
    clock.advance(1_000)
    web.signal('SIGKILL')
    return web.log.lines[0]?.text
  })
  expect(told).toEqual([
    'starts so far: 1 by /tmp, 1 by /tmp/cache',
    'starts so far: 1 by /tmp, 2 by /tmp/cache',
  ])
})

test('report works for so many seconds and says so, or fails at one of them', () => {
  const { start, clock } = testWorld()
  const run = (uid: string, env: Record<string, string>) =>
    start(apps, { uid, command: commandOf('report'), env })
  const [done, failed] = [run('report-1', { WORK: '2' }), run('report-2', { WORK: '9', FAIL_AT: '1' })]
  clock.advance(5_000)
  const ends = [done, failed].map(({ exited, startedMs }) => [
    exited?.exitCode,
    (exited?.atMs ?? 0) - startedMs,
  ])
  expect(ends).toEqual([
    [0, 2_000],
    [1, 1_000],
  ])
  const told = [done, failed].map(({ log }) => log.lines.map(({ text }) => text))
  expect(told).toEqual([
    ['page 1 of 2', 'page 2 of 2', 'the report is made'],
    ['page 1 of 9', 'the report cannot be made'],
  ])
})

test('report begins its work at a time of the clock, or at once where that is past', () => {
  const { start, clock } = testWorld()
  clock.advance(10_000)
  const run = (uid: string, fromMs: number) => {
    const env = { WORK: '2', FROM: String(clock.epoch() + fromMs) }
    return start(apps, { uid, command: commandOf('report'), env })
  }
  const [waits, late] = [run('report-1', 3_000), run('report-2', -3_000)]
  clock.advance(9_000)
  const tookMs = [waits, late].map(({ exited, startedMs }) => (exited?.atMs ?? 0) - startedMs)
  expect(tookMs).toEqual([5_000, 2_000])
  expect(waits.log.lines.map(({ text }) => text)[0]).toBe('waits for its figures')
})

test('a shell as process 1 passes no signal on', () => {
  const { start, clock } = testWorld()
  const process = start(apps, { command: commandUnderShell('webapl') })
  process.signal('SIGTERM')
  clock.advance(10_000)
  expect(process.exited).toBeUndefined()
  expect(process.log.lines).toHaveLength(1)
})

test('probes is well in every way, until it has drained', () => {
  const { start, clock, network } = testWorld()
  const process = start(apps, { command: commandOf('probes') })
  const results: string[] = []
  const ask = () => {
    const http = { way: 'http', port: 8080, path: '/liveness', headers: {}, scheme: 'HTTP' } as const
    const others = [
      { way: 'tcp', port: 8081 },
      { way: 'grpc', port: 8083 },
      { way: 'exec', command: ['cat', '/tmp/readiness'] },
    ] as const
    for (const question of [http, ...others])
      network.probe(process, question, 500, ({ result }) => results.push(result))
    clock.advance(500)
    return results.splice(0)
  }
  expect(ask()).toEqual(Array(4).fill('success'))
  process.signal('SIGTERM')
  expect(ask()).toEqual(Array(4).fill('success'))
  clock.advance(501)
  expect(process.exited?.exitCode).toBe(0)
})

test('probes answers its probes over HTTP as it is told, and everybody else well', () => {
  const { start, clock, network } = testWorld()
  const env = { LIVENESS_STATUS: '399', READINESS_STATUS: '400' }
  const process = start(apps, { command: commandOf('probes'), env })
  const ask = (path: string) => {
    let outcome: unknown
    const question = { way: 'http', port: 8080, path, headers: {}, scheme: 'HTTP' } as const
    network.probe(process, question, 500, (seen) => {
      outcome = seen.result === 'failure' ? seen.message : seen
    })
    clock.advance(500)
    return outcome
  }
  expect(ask('/liveness')).toMatchObject({ result: 'success', warning: expect.any(String) })
  expect(ask('/readiness')).toBe('HTTP probe failed with statuscode: 400')
  expect(ask('/startup')).toEqual({ result: 'success' })
  expect(ask('/')).toEqual({ result: 'success' })
})

test('probes that starts slowly is not there before, and ends when it is told to all the same', () => {
  const { start, clock, network } = testWorld()
  const run = (uid: string) => start(apps, { uid, command: commandOf('probes'), env: { START_AFTER: '5' } })
  const [process, stopped] = [run('probes-1'), run('probes-2')]
  const results: string[] = []
  const ask = () =>
    network.probe(process, { way: 'tcp', port: 8081 }, 500, ({ result }) => results.push(result))
  clock.advance(2_900)
  ask()
  stopped.signal('SIGTERM')
  clock.advance(300)
  ask()
  clock.advance(1_000)
  expect(results).toEqual(['failure', 'success'])
  expect(stopped.exited?.exitCode).toBe(0)
})

test('kubia answers, and drains for as long as it is told', () => {
  const { start, clock, network, machines } = testWorld()
  const process = start(apps, { command: commandOf('kubia'), env: { DRAIN: '1' } })
  const ends: unknown[] = []
  const get = () =>
    network.request(
      { machine: machines[1], ip: '10.244.2.1' },
      {
        ...{ ip: process.order.ip, port: 8080, fromPort: 1, keep: false, timeoutMs: 2_000 },
        request: { path: '/', headers: {} },
      },
      ({ status, lost }) => ends.push(lost ?? status),
    )
  get()
  process.signal('SIGTERM')
  get()
  clock.advance(1_001)
  get()
  expect(ends).toEqual([200, 200, 'refused'])
  expect(process.exited?.exitCode).toBe(0)
})

test('kubia has the budget and the tolerations that it is given, and none otherwise', () => {
  const kinds = (...options: Parameters<typeof kubia>) => kubia(...options).objects.map(({ kind }) => kind)
  expect(kinds()).toEqual(['Deployment', 'Service'])
  expect(kinds({ budget: { maxUnavailable: 1 } })).toEqual(['Deployment', 'Service', 'PodDisruptionBudget'])
  const spec = (...options: Parameters<typeof kubia>) =>
    (kubia(...options).objects[0] as { spec?: { template: { spec: { tolerations?: object[] } } } }).spec
  const tolerations = [{ operator: 'Exists' as const }]
  expect(spec({ tolerations })?.template.spec.tolerations).toEqual(tolerations)
  expect(spec()?.template.spec).not.toHaveProperty('tolerations')
})

describe('nginx', () => {
  function serve() {
    const made = testWorld()
    const { start, network, machines } = made
    const behaviour = nginx().behaviours?.['nginx:1.22']
    if (!behaviour || behaviour === 'does not exist') throw new Error('it says what it does')
    const process = start(behaviour)
    const ends: unknown[] = []
    const get = (path: string, keep = false) =>
      network.request(
        { machine: machines[1], ip: '10.244.2.1' },
        {
          ...{ ip: process.order.ip, port: 80, fromPort: 1, keep, timeoutMs: 2_000 },
          request: { path, headers: {} },
        },
        ({ status, lost }) => ends.push(lost ?? status),
      )
    return { ...made, process, get, ends }
  }

  test('serves its page, a slow one, and nothing else', () => {
    const { get, ends, clock } = serve()
    for (const path of ['/', '/?ready', '/slow', '/shop']) get(path)
    expect(ends).toEqual([200, 200, 404])
    clock.advance(1_000)
    expect(ends[3]).toBe(200)
  })

  test('under SIGQUIT finishes what is in flight, takes nothing new, and closes what is idle', () => {
    const { get, ends, clock, process } = serve()
    get('/', true)
    get('/slow', true)
    process.signal('SIGQUIT')
    get('/')
    expect(ends).toEqual([200, 'refused'])
    clock.advance(1_001)
    expect(ends[2]).toBe(200)
    expect(process.exited).toEqual({ atMs: 2_000, exitCode: 0 })
  })

  test('under SIGTERM drops what is in flight', () => {
    const { get, ends, process } = serve()
    get('/slow')
    process.signal('SIGTERM')
    expect(ends).toEqual(['reset'])
    expect(process.exited?.exitCode).toBe(0)
  })
})

test('each chart says what the images do that it uses', () => {
  const ours = [webapl(), webapl({ underShell: true }), probes(), kubia(), myApp()]
  const charts = [...ours, nginx({ stopSignal: 'SIGTERM' }), nginx(), redis()]
  for (const { objects, behaviours } of charts) {
    type Spec = { containers: { image: string }[] }
    const spec = (objects[0] as { spec?: { template: { spec: Spec } } }).spec?.template.spec
    const images = spec?.containers.map(({ image }) => image)
    expect(Object.keys(behaviours ?? {})).toEqual(images)
  }
})
