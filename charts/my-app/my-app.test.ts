import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { testWorld } from '../../harness/cluster/simulated/network/testing.ts'
import type { Process } from '../../harness/cluster/simulated/world.ts'
import { apps, commandOf } from '../apps/apps.ts'
import { myApp } from './chart.ts'
import { redis } from './redis.ts'

const folder = fileURLToPath(new URL('../apps/image', import.meta.url))
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const database = redis().behaviours?.['redis:7.0']
if (!database || database === 'does not exist') throw new Error('it says what it does')

/** A database at an IP, and what is started against it. */
function world() {
  const made = testWorld()
  const { start, clock, network, machines } = made
  const first = start(database as never)
  const { ip } = first.order
  const env = { DATABASE: `${ip}:6379`, WAIT_FOR: `${ip}:6379` }
  const statusOf = (process: Process, path: string) => {
    let status: unknown
    network.request(
      { machine: machines[1], ip: '10.244.2.1' },
      {
        ...{ ip: process.order.ip, port: 3000, fromPort: 1, keep: false, timeoutMs: 2_000 },
        request: { path, headers: {} },
      },
      (outcome) => {
        status = outcome.lost ?? outcome.status
      },
    )
    clock.advance(10)
    return status
  }
  const again = () => start(database as never, { ip })
  return { ...made, first, env, statusOf, again }
}

const linesOf = ({ log }: Process) => log.lines.map(({ text }) => text)

describe('my-app in the model', () => {
  test('is ready while it is connected, and lives on and tries again where it is not', () => {
    const { start, clock, first, env, statusOf, again } = world()
    const app = start(apps, { command: commandOf('my-app'), env })
    const states = () => ['/ready', '/', '/healthz'].map((path) => statusOf(app, path))
    expect(states()).toEqual([200, 200, 200])
    first.signal('SIGKILL')
    clock.advance(5)
    expect(states()).toEqual([503, 503, 200])
    clock.advance(5_000)
    expect(states()).toEqual([503, 503, 200])
    again()
    expect(states()).toEqual([200, 200, 200])
    expect(linesOf(app).slice(1)).toEqual([
      ...[`connected to ${env.DATABASE}`, `lost ${env.DATABASE}`, `connected to ${env.DATABASE}`],
    ])
  })

  test('is not ready where its database takes connections and answers nothing', () => {
    const { start, clock, first, env, statusOf, machines } = world()
    const app = start(apps, { command: commandOf('my-app'), env, machine: machines[1] })
    machines[0].set('paused')
    clock.advance(3_000)
    expect(statusOf(app, '/ready')).toBe(503)
    machines[0].set('running')
    clock.advance(3_000)
    expect(statusOf(app, '/ready')).toBe(200)
    expect(first.exited).toBeUndefined()
  })

  test('told to stop, it lets its database go last, and exits 0; without one it exits too', () => {
    const { start, clock, first, env } = world()
    const app = start(apps, { command: commandOf('my-app'), env })
    app.signal('SIGTERM')
    clock.advance(1_999)
    expect(app.exited).toBeUndefined()
    clock.advance(50)
    expect(app.exited?.exitCode).toBe(0)
    expect(linesOf(app).slice(-3)).toEqual([
      'SIGTERM: 0 requests in flight, answering for 2000 ms more',
      `lost ${env.DATABASE}`,
      'no connection is left, exit 0',
    ])
    first.signal('SIGTERM')
    clock.advance(100)
    expect(first.exited?.exitCode).toBe(0)
    const alone = start(apps, { command: commandOf('my-app'), env: { ...env, DRAIN: '0' } })
    alone.signal('SIGTERM')
    clock.advance(50)
    expect(alone.exited?.exitCode).toBe(0)
  })

  test('is waited for by an init container that ends well once its database is there', () => {
    const { start, clock, first, env, again } = world()
    first.signal('SIGKILL')
    const [waits, gives] = [{}, { TRIES: '2' }].map((more) =>
      start(apps, { command: commandOf('wait'), env: { ...env, ...more } }),
    )
    clock.advance(5_000)
    expect(waits?.exited).toBeUndefined()
    expect(gives?.exited?.exitCode).toBe(1)
    again()
    expect(waits?.exited?.exitCode).toBe(0)
    expect(waits && linesOf(waits)).toEqual([`waiting for ${env.WAIT_FOR}`, `${env.WAIT_FOR} is there`])
  })
})

test('what answers nothing at all is not waited for longer than a second at a time', () => {
  const { start, clock, first, env, machines } = world()
  const waits = () =>
    start(apps, { command: commandOf('wait'), env: { ...env, TRIES: '2' }, machine: machines[1] })
  machines[0].set('stopped')
  expect(first.exited?.exitCode).toBe(255)
  const gives = waits()
  clock.advance(1_400)
  expect(gives.exited).toBeUndefined()
  clock.advance(200)
  expect(gives.exited?.exitCode).toBe(1)
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

/** A program under Node, and what it says. */
function run(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, args, { cwd: folder, env })
  children.push(child)
  const lines: string[] = []
  const wakes = new Set<() => void>()
  child.stdout.on('data', (data) => {
    lines.push(...String(data).trim().split('\n'))
    for (const wake of wakes) wake()
  })
  const says = (line: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (lines.at(-1) === line) resolve()
      }
      wakes.add(look)
      look()
    })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { child, lines, says, ended }
}

describe('my-app on Node', { timeout: 30_000 }, () => {
  const script = `import { nodeHost } from './node-host.ts'
    const host = nodeHost()
    host.listenForText(Number(host.env.AT), (text) => (text.includes('PING') ? '+PONG\\r\\n' : '-ERR\\r\\n'))
    host.log('listens')`
  const startDatabase = async (port: number) => {
    const started = run(['--input-type=module', '-e', script], { AT: String(port) })
    await started.says('listens')
    return started.child
  }

  test('does as in the model: ready while it is connected, and exit 0 once nothing is left', async () => {
    const [port, at] = [await freePort(), await freePort()]
    const address = `127.0.0.1:${at}`
    const first = await startDatabase(at)
    const app = run(['main.ts', 'my-app'], { PORT: String(port), DATABASE: address, DRAIN: '0.1' })
    const ready = async () => (await fetch(`http://127.0.0.1:${port}/ready`)).status
    await app.says(`connected to ${address}`)
    expect(await ready()).toBe(200)
    first.kill('SIGKILL')
    await app.says(`lost ${address}`)
    expect(await ready()).toBe(503)
    await startDatabase(at)
    await app.says(`connected to ${address}`)
    expect(await ready()).toBe(200)
    app.child.kill('SIGTERM')
    expect(await app.ended).toBe(0)
    expect(app.lines.slice(-2)).toEqual([`lost ${address}`, 'no connection is left, exit 0'])
    expect(app.lines[0]).toBe(`my-app ${hostname()} listens on port ${port}`)
  })

  test('is waited for: exit 0 once its database is there, 1 where it was not after so many tries', async () => {
    const at = await freePort()
    const env = { WAIT_FOR: `127.0.0.1:${at}` }
    expect(await run(['main.ts', 'wait'], { ...env, TRIES: '2' }).ended).toBe(1)
    const waits = run(['main.ts', 'wait'], env)
    await waits.says(`waiting for ${env.WAIT_FOR}`)
    await startDatabase(at)
    expect(await waits.ended).toBe(0)
  })
})

test('the chart puts the init container and the probes where it is told to', () => {
  type Spec = { initContainers?: { name: string }[]; containers: { readinessProbe?: object }[] }
  const specOf = (chart: ReturnType<typeof myApp>) => {
    const [first] = chart.objects as { kind: string; spec: Spec & { template?: { spec: Spec } } }[]
    return { kind: first?.kind, spec: first?.spec.template?.spec ?? first?.spec }
  }
  expect(specOf(myApp({ waits: true })).spec?.initContainers?.[0]?.name).toBe('wait-for-database')
  expect(specOf(myApp()).spec?.initContainers).toBeUndefined()
  expect(specOf(myApp()).spec?.containers[0]?.readinessProbe).toBeDefined()
  expect(specOf(myApp({ readiness: false })).spec?.containers[0]?.readinessProbe).toBeUndefined()
  expect(specOf(myApp({ barePod: true })).kind).toBe('Pod')
})
