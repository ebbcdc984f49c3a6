import { describe, expect, test } from 'vitest'
import type { Host } from '../../../model/behaviour.ts'
import { testWorld } from '../network/testing.ts'
import type { ExecOutcome, Process } from '../world.ts'

const idle = () => undefined

describe('a process', () => {
  test('runs its behaviour at once, and its timers in virtual time', () => {
    const { start, clock } = testWorld()
    const seen: [string, number][] = []
    const process = start(
      (host: Host) => {
        seen.push([host.hostname, host.now()])
        host.after(1_500, () => seen.push([host.env.WHO ?? '', host.now()]))
      },
      { env: { WHO: 'me' }, uid: 'web-1' },
    )
    clock.advance(499)
    expect(seen).toEqual([['web-1', 0]])
    clock.advance(1)
    expect(seen[1]).toEqual(['me', 1_500])
    expect(process.id).toMatch(/^[0-9a-f]{64}$/)
  })

  test('is told what it was started with', () => {
    const { start } = testWorld()
    let command: readonly string[] = []
    start(
      (host: Host) => {
        command = host.command
      },
      { command: ['node', 'main.ts'], args: ['webapl'] },
    )
    expect(command).toEqual(['node', 'main.ts', 'webapl'])
  })

  test('reads what it wrote, and only in an emptyDir what the incarnation before it wrote', () => {
    const { start } = testWorld()
    const found: unknown[] = []
    const run = (host: Host) => {
      found.push([host.read('/tmp/mark'), host.read('/cache/mark')])
      for (const folder of ['/tmp', '/cache']) host.write(`${folder}/mark`, folder)
    }
    const volumeMounts = [{ name: 'cache', mountPath: '/cache' }]
    const spec = {
      containers: [{ name: 'app', image: 'app', volumeMounts }],
      volumes: [{ name: 'cache', emptyDir: {} }],
    }
    const pod = (uid: string) => ({
      ...{ apiVersion: 'v1', kind: 'Pod', spec, metadata: { name: uid, uid, namespace: 'shop' } },
    })
    const ip = '10.244.1.99'
    for (const uid of ['web-1', 'web-1', 'web-2']) start(run, { pod: pod(uid), ip }).signal('SIGKILL')
    expect(found).toEqual([
      [undefined, undefined],
      [undefined, '/cache'],
      [undefined, undefined],
    ])
  })

  test('ends when it says so, and does nothing after', () => {
    const { start, clock } = testWorld()
    let count = 0
    const process = start((host: Host) => {
      const tick = () => {
        count++
        host.after(1_000, tick)
      }
      tick()
      host.after(2_500, () => host.exit(3))
    })
    const exits: unknown[] = []
    process.onExit((exit) => exits.push(exit))
    clock.advance(5_000)
    expect(count).toBe(3)
    expect(exits).toEqual([{ atMs: 2_500, exitCode: 3 }])
    process.onExit((exit) => exits.push(exit))
    expect(exits).toHaveLength(2)
  })

  test('does nothing about a signal that it does not handle, but for SIGKILL', () => {
    const { start } = testWorld()
    const seen: string[] = []
    const process = start((host: Host) => host.on('SIGTERM', () => seen.push('SIGTERM')))
    process.signal('SIGHUP')
    process.signal('SIGTERM')
    expect(seen).toEqual(['SIGTERM'])
    expect(process.exited).toBeUndefined()
    process.signal('SIGKILL')
    expect(process.exited).toEqual({ atMs: 1_000, exitCode: 137 })
  })

  test('that throws ends with 1, and its log says why', () => {
    const { start } = testWorld()
    const process = start(() => {
      throw new Error('no such app')
    })
    expect(process.exited?.exitCode).toBe(1)
    expect(process.log.lines[0]?.text).toContain('no such app')
  })

  test('is frozen with its machine: what was due meanwhile happens when that goes on', () => {
    const { start, clock, machines } = testWorld()
    const seen: number[] = []
    const process = start((host: Host) => {
      for (const ms of [2_000, 3_000, 60_000]) host.after(ms, () => seen.push(host.now()))
      host.on('SIGTERM', () => seen.push(-1))
    })
    machines[0].set('paused')
    clock.advance(9_000)
    process.signal('SIGTERM')
    expect(seen).toEqual([])
    machines[0].set('running')
    expect(seen).toEqual([10_000, 10_000, -1])
    clock.advance(50_000)
    expect(seen.at(-1)).toBe(60_000)
  })

  test('is stopped by SIGSTOP, as an app that hangs is, and does what was due when it goes on', () => {
    const { start, clock } = testWorld()
    const seen: (number | string)[] = []
    const process = start((host: Host) => {
      host.after(2_000, () => seen.push(host.now()))
      host.on('SIGTERM', () => seen.push('SIGTERM'))
      host.write('/tmp/well', 'well')
    })
    process.signal('SIGSTOP')
    process.signal('SIGSTOP')
    clock.advance(9_000)
    process.signal('SIGTERM')
    // A command is a process of its own.
    const exits: ExecOutcome[] = []
    process.exec(['cat', '/tmp/well'], (outcome) => exits.push(outcome))
    clock.advance(100)
    expect([seen, exits]).toEqual([[], [{ exitCode: 0, stdout: 'well' }]])
    process.signal('SIGCONT')
    expect(seen).toEqual([10_100, 'SIGTERM'])
  })

  test('that is stopped stays so when its machine goes on, and is ended by SIGKILL alone', () => {
    const { start, clock, machines } = testWorld()
    const seen: number[] = []
    const process = start((host: Host) => host.after(2_000, () => seen.push(host.now())))
    process.signal('SIGSTOP')
    machines[0].set('paused')
    clock.advance(5_000)
    machines[0].set('running')
    expect([process.isStopped, seen]).toEqual([true, []])
    process.signal('SIGKILL')
    expect(process.exited).toMatchObject({ exitCode: 137 })
    expect(process.isFrozen).toBe(false)
  })

  test('is lost with a machine that is turned off', () => {
    const { start, machines } = testWorld()
    const process = start(idle)
    machines[0].set('stopped')
    expect(process.exited?.exitCode).toBe(255)
  })
})

describe('a runtime', () => {
  test('knows the newest incarnation of a container and the one before it', () => {
    const { start, runtime } = testWorld()
    const first = start(idle, { uid: 'web-1' })
    const again = () => runtime.start(first.order)
    const second = again()
    expect(runtime.newest('web-1', 'app')).toBe(second)
    expect(runtime.previous('web-1', 'app')).toBe(first)
    const third = again()
    expect(runtime.previous('web-1', 'app')).toBe(second)
    expect([first, second, third].map(({ id }) => runtime.byId(id))).toEqual([undefined, second, third])
  })

  test('forgets a pod, and ends what is left of it', () => {
    const { start, runtime } = testWorld()
    const process = start(idle, { uid: 'web-1' })
    runtime.forget('web-1')
    expect(process.exited?.exitCode).toBe(137)
    expect(runtime.newest('web-1', 'app')).toBeUndefined()
    expect(runtime.byId(process.id)).toBeUndefined()
  })

  test('does not take an IP away that is another pod`s by now', () => {
    const { start, runtime, machines, network, clock } = testWorld()
    const listening = (host: Host) => void host.listen(8080, () => ({ status: 200 }))
    const { order } = start(listening, { uid: 'web-1' })
    machines[0].set('stopped')
    machines[0].set('running')
    start(listening, { uid: 'web-2', ip: order.ip })
    runtime.start({ ...order, ip: '10.244.1.99' })
    const ends: unknown[] = []
    network.request(
      { machine: machines[1], ip: '10.244.2.1' },
      {
        ...{ ip: order.ip, port: 8080, fromPort: 1, keep: false, timeoutMs: 100 },
        request: { path: '/', headers: {} },
      },
      ({ status, lost }) => ends.push(lost ?? status),
    )
    clock.advance(100)
    expect(ends).toEqual([200])
  })
})

describe('a log', () => {
  test('is followed from its first line to its end', () => {
    const { start, clock } = testWorld()
    const process = start((host: Host) => {
      host.log('one')
      host.after(2_000, () => host.log('two'))
      host.after(3_000, () => host.log('three'))
      host.after(4_000, () => host.exit(0))
    })
    const [lines, others]: [string[], string[]] = [[], []]
    process.log.follow(
      (line) => lines.push(line),
      () => lines.push('END'),
    )
    const stop = process.log.follow(
      (line) => others.push(line),
      () => others.push('END'),
    )
    clock.advance(1_500)
    stop()
    clock.advance(5_000)
    expect(lines).toEqual(['one', 'two', 'three', 'END'])
    expect(others).toEqual(['one', 'two'])
    process.log.follow(
      (line) => others.push(line),
      () => others.push('END'),
    )
    expect(others.slice(2)).toEqual(['one', 'two', 'three', 'END'])
  })

  test('keeps the newest lines, 10,000 at most', () => {
    const { start } = testWorld()
    const { log } = start((host: Host) => {
      for (let count = 1; count <= 25_000; count++) host.log(String(count))
    })
    expect(log.lines.length).toBeLessThanOrEqual(10_000)
    expect(log.lines.length).toBeGreaterThanOrEqual(9_000)
    expect(log.lines.at(-1)?.text).toBe('25000')
  })
})

describe('a command in a container', () => {
  const { start, clock, runtime, machines } = testWorld()
  const process = start((host: Host) => host.write('/tmp/well', 'well\n'), { uid: 'web-1' })
  const run = (...command: string[]) => ran(process, command)
  const ran = (on: Process, command: string[], ms = 100) => {
    let outcome: ExecOutcome | undefined
    on.exec(command, (ended) => {
      outcome = ended
    })
    expect(outcome).toBeUndefined()
    clock.advance(ms)
    return outcome
  }

  test.each([
    [['cat', '/tmp/well'], { exitCode: 0, stdout: 'well\n' }],
    [['/bin/cat', '/tmp/ill'], { exitCode: 1, stdout: expect.stringContaining('No such file') }],
    [['true'], { exitCode: 0, stdout: '' }],
    [['false'], { exitCode: 1, stdout: '' }],
    [['sh', '-c', 'exit 7'], { exitCode: 7, stdout: '' }],
    [['sh', '-c', 'cat /tmp/well'], { exitCode: 0, stdout: 'well\n' }],
    [['sh', '-c', 'cat /tmp/well | wc'], { exitCode: 127, stdout: expect.stringContaining('no shell') }],
    [['redis-cli', 'ping'], { exitCode: 127, stdout: expect.stringContaining('redis-cli') }],
  ])('%j', (command, outcome) => {
    expect(run(...command)).toEqual(outcome)
  })

  test('takes its time where it sleeps, and ends with 137 when its container does', () => {
    expect(run('sleep', '2')).toBeUndefined()
    clock.advance(2_000)
    const victim = start(idle)
    let outcome: ExecOutcome | undefined
    victim.exec(['sleep', '60'], (ended) => {
      outcome = ended
    })
    victim.signal('SIGKILL')
    expect(outcome).toEqual({ exitCode: 137, stdout: '' })
    expect(ran(victim, ['true'])?.exitCode).toBe(137)
  })

  test('is run by what the app has for it, before anything else', () => {
    const own = start((_: Host, inside) =>
      inside.onExec(([name]) => (name === 'cat' ? { exitCode: 9, stdout: 'own' } : undefined)),
    )
    expect(ran(own, ['cat', '/tmp/well'])).toEqual({ exitCode: 9, stdout: 'own' })
    expect(ran(own, ['true'])?.exitCode).toBe(0)
  })

  test('fails as an exec gate has it: that command alone, in that container alone, in each incarnation', () => {
    const failed: string[] = []
    const command = ['cat', '/tmp/well']
    const gate = { podUid: 'web-1', container: 'app', exitCode: 5, command }
    runtime.gates.add('n1', 'one', { ...gate, onFailed: (id) => failed.push(id) })
    const other = start((host: Host) => host.write('/tmp/well', ''), { uid: 'web-2' })
    const next = runtime.start(process.order)
    const codes = () => [process, next, other].map((on) => ran(on, command)?.exitCode)
    expect(codes()).toEqual([5, 5, 0])
    expect(run('cat', '/tmp/well', '/tmp/well')?.exitCode).toBe(0)
    expect(failed).toEqual([process.id, next.id])
    runtime.gates.remove('n1', 'one')
    expect(codes()).toEqual([0, 0, 0])
    runtime.gates.add('n1', 'one', { ...gate, onFailed: idle })
    machines[0].set('stopped')
    expect(runtime.gates.before(process.order, command)).toBeUndefined()
  })
})
