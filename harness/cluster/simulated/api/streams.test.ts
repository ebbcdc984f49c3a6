import { beforeEach, expect, test } from 'vitest'
import type { Kube } from '../../kube.ts'
import { simulatedKube } from './kube.ts'
import { FakeProcess, type FakeWorld, fakeWorld, refusal, shopPod } from './testing.ts'

const web = { namespace: 'shop', name: 'a', container: 'web' }

let world: FakeWorld
let kube: Kube
let process: FakeProcess
beforeEach(() => {
  world = fakeWorld()
  kube = simulatedKube(world, { version: 'v1.34.4' })
  world.store.create('Pod', shopPod('a', { nodeName: 'n1' }) as never)
  process = new FakeProcess(world.clock, { exitCode: 3, stdout: 'so\n' })
  world.processes.set('a/web', process)
})

test('a command takes the time that it takes, and tells how it ended', async () => {
  expect(await kube.exec(web, ['cat', '/x'])).toEqual({ stdout: 'so\n', stderr: '', exitCode: 3 })
  expect(process.commands).toEqual(['cat /x'])
  expect(world.clock.now()).toBeGreaterThan(500)
  // Nobody waits any more.
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
  expect(world.clock.now()).toBeLessThan(510)
})

test('a command needs a pod, a container of it, and a process in that', async () => {
  expect((await refusal(kube.exec({ ...web, name: 'b' }, ['true'])))[1]).toBe('NotFound')
  expect(await refusal(kube.exec({ ...web, container: 'x' }, ['true']))).toEqual([
    ...[400, 'BadRequest', 'Pod/shop/a: container x is not valid for pod a'],
  ])
  process.end()
  await expect(kube.exec(web, ['true'])).rejects.toThrow('container not found ("web")')
})

test.each([
  ['stopped', 3_000, 'no route to host'],
  ['paused', 10_000, 'TLS handshake timeout'],
] as const)('a machine that is %s does not answer for %i ms', async (state, ms, told) => {
  world.machine.state = state
  await expect(kube.exec(web, ['true'])).rejects.toThrow(told)
  expect(world.clock.now()).toBeGreaterThan(ms)
  expect(world.clock.now()).toBeLessThan(ms + 10)
})

test('the kubelet of a node that is cut off is not reached', async () => {
  world.machine.link.cutOff()
  await expect(kube.exec(web, ['true'])).rejects.toThrow('i/o timeout')
  expect(world.clock.now()).toBeGreaterThan(30_000)
  world.machine.link.mend()
  await expect(kube.exec(web, ['true'])).resolves.toBeDefined()
})

test('logs are the lines so far, or the last of them, or those of the process before', async () => {
  for (const line of ['one', 'two', 'three']) process.print(line)
  expect(await kube.logs(web)).toBe('one\ntwo\nthree\n')
  expect(await kube.logs(web, { tailLines: 2 })).toBe('two\nthree\n')
  expect(await kube.logs(web, { tailLines: 9 })).toBe('one\ntwo\nthree\n')
  expect(await refusal(kube.logs(web, { previous: true }))).toEqual([
    ...[
      400,
      'BadRequest',
      expect.stringContaining('previous terminated container "web" in pod "a" not found'),
    ],
  ])
  const before = new FakeProcess(world.clock)
  before.print('zero')
  world.processes.set('previous a/web', before)
  expect(await kube.logs(web, { previous: true })).toBe('zero\n')
  world.processes.delete('a/web')
  expect((await refusal(kube.logs(web)))[2]).toContain('is waiting to start: ContainerCreating')
  world.kubelet.unit = 'inactive'
  await expect(kube.logs(web)).rejects.toThrow('connection refused')
})

test('a log is followed from its first line to its end', async () => {
  process.print('one')
  const lines: string[] = []
  const followed = kube.followLogs(web, (line) => lines.push(line), new AbortController().signal)
  await world.clock.sleep(10)
  process.print('two')
  process.end()
  await followed
  process.print('three')
  expect(lines).toEqual(['one', 'two'])
  expect(process.followed).toBe(0)
})

test('a log is told with the time of each line where that is asked for', async () => {
  process.print('one')
  const first = new Date(world.clock.epoch()).toISOString()
  const lines: string[] = []
  const { signal } = new AbortController()
  const followed = kube.followLogs(web, (line) => lines.push(line), signal, { timestamps: true })
  await world.clock.sleep(1_000)
  process.print('two')
  const second = new Date(world.clock.epoch()).toISOString()
  process.end()
  await followed
  expect(lines).toEqual([`${first} one`, `${second} two`])
  expect(second).not.toBe(first)
  expect(await kube.logs(web, { timestamps: true })).toBe(`${first} one\n${second} two\n`)
})

test('a log is followed until the signal', async () => {
  const stopping = new AbortController()
  const lines: string[] = []
  const followed = kube.followLogs(web, (line) => lines.push(line), stopping.signal)
  await world.clock.sleep(10)
  stopping.abort()
  process.print('one')
  await followed
  expect(lines).toEqual([])
  expect(process.followed).toBe(0)
  await kube.followLogs(web, (line) => lines.push(line), stopping.signal)
})

test('who cannot bear a line does not stop the process that prints it', async () => {
  const deaf = () => {
    throw new Error('deaf')
  }
  const followed = kube.followLogs(web, deaf, new AbortController().signal)
  const failed = expect(followed).rejects.toThrow('deaf')
  await world.clock.sleep(10)
  process.print('one')
  await failed
  expect(process.followed).toBe(0)
})
