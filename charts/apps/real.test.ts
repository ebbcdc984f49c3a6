import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:http2'
import { createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { networkOf } from '../../harness/cluster/simulated/network/network.ts'
import { testWorld } from '../../harness/cluster/simulated/network/testing.ts'
import { apps, commandOf } from './apps.ts'
import { nodeHost } from './image/node-host.ts'

/** An app on either side: what is asked of it in this order, and what becomes of it. */
interface Side {
  get(path: string): Promise<Answer>
  signal(name: 'SIGTERM'): void
  /** Resolves with its exit code, and what it has said. */
  ended(): Promise<{ code: number | null; lines: string[] }>
  sleep(ms: number): Promise<void>
}

interface Answer {
  status?: number | undefined
  lost?: string | undefined
  pod?: string | undefined
  connection?: string | undefined
}

const folder = fileURLToPath(new URL('image', import.meta.url))
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

async function real(env: Record<string, string>): Promise<Side> {
  const port = Number(env.PORT)
  const child = spawn(process.execPath, ['main.ts', 'webapl'], { cwd: folder, env })
  children.push(child)
  let text = ''
  const listens = Promise.withResolvers<void>()
  child.stdout.on('data', (data) => {
    text += data
    if (text.includes('listens')) listens.resolve()
  })
  child.stderr.on('data', (data) => {
    text += data
  })
  const ended = new Promise<{ code: number | null; lines: string[] }>((resolve) =>
    child.on('close', (code) => {
      listens.resolve()
      resolve({ code, lines: text.trim().split('\n') })
    }),
  )
  await listens.promise
  const agent = new Agent({ keepAlive: true })
  return {
    get: (path) =>
      new Promise((resolve) => {
        const asked = request({ host: '127.0.0.1', port, path, agent }, (answer) => {
          const { 'x-pod': pod, connection } = answer.headers
          answer.on('end', () =>
            resolve({ status: answer.statusCode, pod: pod === hostname() ? 'me' : String(pod), connection }),
          )
          answer.resume()
        })
        asked.on('error', (error: NodeJS.ErrnoException) =>
          resolve({ lost: error.code === 'ECONNREFUSED' ? 'refused' : error.code }),
        )
        asked.end()
      }),
    signal: (name) => void child.kill(name),
    ended: () => ended,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }
}

/** Its clock goes on while something is waited for, by steps that both sides' orders of things do not depend on. */
async function simulated(env: Record<string, string>): Promise<Side> {
  const { world, start, clock, machines } = testWorld()
  const app = start(apps, { uid: 'me', command: commandOf('webapl'), env })
  const { ip } = app.order
  const passing = setInterval(() => clock.advance(10), 1)
  app.onExit(() => clearInterval(passing))
  let fromPort = 1_024
  return {
    get: (path) =>
      new Promise((resolve) =>
        networkOf(world).request(
          { machine: machines[1], ip: '10.244.2.1' },
          {
            ...{ ip, port: Number(env.PORT), fromPort: fromPort++, keep: true, timeoutMs: 5_000 },
            request: { path, headers: {} },
          },
          ({ status, lost, headers, connection }) =>
            resolve({
              ...{ status, lost, pod: headers?.['x-pod'] },
              ...(lost === undefined && { connection: connection ? 'keep-alive' : 'close' }),
            }),
        ),
      ),
    signal: (name) => app.signal(name),
    ended: () =>
      new Promise((resolve) =>
        app.onExit(({ exitCode }) =>
          resolve({
            code: exitCode,
            lines: app.log.lines.map(({ text }) => text.replaceAll(' me ', ` ${hostname()} `)),
          }),
        ),
      ),
    sleep: (ms) => {
      clock.advance(ms)
      return Promise.resolve()
    },
  }
}

const well = { status: 200, pod: 'me', connection: 'keep-alive' }

/** The same on both sides. */
async function play(env: Record<string, string>, script: (side: Side) => Promise<void>): Promise<void> {
  const port = await freePort()
  const told: unknown[] = []
  for (const make of [real, simulated]) {
    const side = await make({ ...env, PORT: String(port) })
    await script(side)
    told.push(await side.ended())
  }
  expect(told[0]).toEqual(told[1])
}

describe('webapl does the same on Node and in the model', { timeout: 30_000 }, () => {
  test('it answers, and drains on SIGTERM', async () => {
    await play({ DRAIN: '1' }, async ({ get, signal, sleep, ended }) => {
      expect(await get('/')).toMatchObject(well)
      expect(await get('/healthz')).toMatchObject(well)
      expect(await get('/ready')).toMatchObject(well)
      const slow = get('/slow?ms=1500')
      await sleep(300)
      signal('SIGTERM')
      await sleep(100)
      expect(await get('/')).toMatchObject({ ...well, connection: 'close' })
      expect(await slow).toMatchObject({ ...well, connection: 'close' })
      expect((await ended()).code).toBe(0)
    })
  })

  test('it is ill and not ready as it is told to be', async () => {
    await play({ FAIL_AFTER: '0', READY_AFTER: '100', ON_SIGTERM: 'exit 1' }, async ({ get, signal }) => {
      expect(await get('/healthz')).toMatchObject({ ...well, status: 500 })
      expect(await get('/ready?')).toMatchObject({ ...well, status: 500 })
      signal('SIGTERM')
    })
  })

  test('it stops listening on SIGTERM where it is told to, and finishes what is in flight', async () => {
    await play({ ON_SIGTERM: 'stop listening' }, async ({ get, signal, sleep }) => {
      const slow = get('/slow?ms=1500')
      await sleep(300)
      signal('SIGTERM')
      await sleep(300)
      expect(await get('/')).toMatchObject({ lost: 'refused' })
      expect(await slow).toMatchObject({ ...well, connection: 'close' })
    })
  })
})

test('a real host reads what it wrote, in a folder that it made, and nothing else', () => {
  const parent = mkdtempSync(join(tmpdir(), 'rolypoly-host-'))
  const host = nodeHost()
  const path = join(parent, 'cache', 'starts')
  expect(host.read(path)).toBeUndefined()
  host.write(path, '1')
  host.write(path, '2')
  expect(host.read(path)).toBe('2')
  rmSync(parent, { recursive: true })
})

test('a real host answers by gRPC as a health service does', { timeout: 30_000 }, async () => {
  const port = await freePort()
  const script = `import { nodeHost } from './node-host.ts'
    nodeHost().listenForHealth(${port})
    nodeHost().listen(${await freePort()}, () => ({ status: 200 }))
    nodeHost().log('listens')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, env: {} })
  children.push(child)
  await new Promise((resolve) => child.stdout.once('data', resolve))
  const session = connect(`http://127.0.0.1:${port}`)
  const stream = session.request({
    ...{ ':method': 'POST', ':path': '/grpc.health.v1.Health/Check', 'content-type': 'application/grpc' },
  })
  stream.end(Buffer.alloc(5))
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  let status: unknown
  stream.on('trailers', (trailers) => {
    status = trailers['grpc-status']
  })
  await new Promise((resolve) => stream.on('end', resolve))
  session.close()
  expect([...Buffer.concat(chunks)]).toEqual([0, 0, 0, 0, 2, 8, 1])
  expect(status).toBe('0')
})
