import { beforeEach, expect, test } from 'vitest'
import { deletePod } from '../deletion.ts'
import type { ScriptedProcess } from './testing.ts'
import { TestNode } from './testing.ts'

let node: TestNode
beforeEach(() => {
  node = new TestNode()
})

const isThere = (name: string) => node.store.get('Pod', name, 'shop') !== undefined
const signalsOf = (process: ScriptedProcess | undefined, sinceMs: number) =>
  process?.signals.map((signal) => {
    const [atMs, name] = signal.split(' ')
    return `${Math.round((Number(atMs) - sinceMs) / 100) / 10} ${name}`
  })

/** Runs a pod of one container, and deletes it. */
function runAndDelete(...[containers, spec]: Parameters<TestNode['run']>): { name: string; sinceMs: number } {
  const name = node.run(containers, spec)
  node.clock.advance(5_000)
  const sinceMs = node.clock.now()
  deletePod(node.store, name, 'shop')
  return { name, sinceMs }
}

test('what does not end by its stop signal is killed at the end of the grace period', () => {
  node.onSignal = () => undefined
  const { name, sinceMs } = runAndDelete([{ name: 'web' }], { terminationGracePeriodSeconds: 10 })
  node.clock.advance(11_500)
  expect(signalsOf(node.last('web'), sinceMs)).toEqual(['0 SIGTERM', '10 SIGKILL'])
  const last = node.history.findLast(({ type }) => type === 'MODIFIED')?.pod
  expect(last?.status?.phase).toBe('Failed')
  expect(last?.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
    exitCode: 137,
    reason: 'Error',
  })
  expect(isThere(name)).toBe(false)
})

test('the preStop hook takes from the grace period, and what is left is at least 2 s', () => {
  node.onSignal = () => undefined
  const lifecycle = { preStop: { sleep: { seconds: 4 } } }
  const within = runAndDelete([{ name: 'web', lifecycle }], { terminationGracePeriodSeconds: 10 })
  node.clock.advance(15_000)
  expect(signalsOf(node.last('web'), within.sinceMs)).toEqual(['4 SIGTERM', '10 SIGKILL'])
  const tooLong = runAndDelete([{ name: 'web', lifecycle }], { terminationGracePeriodSeconds: 3 })
  node.clock.advance(15_000)
  expect(signalsOf(node.last('web'), tooLong.sinceMs)).toEqual(['3 SIGTERM', '5 SIGKILL'])
})

test('a preStop hook that fails is told of, and the stop signal follows at once', () => {
  const { sinceMs } = runAndDelete([{ name: 'web', lifecycle: { preStop: { exec: { command: ['bye'] } } } }])
  node.clock.advance(2_000)
  const web = node.last('web')
  expect([web.signals, web.execs[0]?.command]).toEqual([[], ['bye']])
  web.execs[0]?.done({ exitCode: 1, stdout: '' })
  node.clock.advance(5_000)
  expect(signalsOf(web, sinceMs)).toEqual(['2 SIGTERM'])
  expect(node.events('FailedPreStopHook')).toEqual(['FailedPreStopHook PreStopHook failed'])
})

test('all containers end at once, sidecars after them in reverse order', () => {
  node.onSignal = (process, name) => {
    if (name === 'SIGTERM')
      node.clock.after(process.order.name === 'slow' ? 3_000 : 1_000, () => process.exit(0))
  }
  const sidecars = ['one', 'two'].map((name) => ({ name, restartPolicy: 'Always' }))
  const { sinceMs, name } = runAndDelete([{ name: 'quick' }, { name: 'slow' }], { initContainers: sidecars })
  node.clock.advance(15_000)
  const signals = ['quick', 'slow', 'two', 'one'].map((of) => signalsOf(node.last(of), sinceMs)?.join())
  const at = (second: number) => expect.stringMatching(new RegExp(`^${second}(\\.[12])? SIGTERM$`))
  expect(signals).toEqual(['0 SIGTERM', '0 SIGTERM', at(3), at(4)])
  expect(isThere(name)).toBe(false)
})

test('a second deletion with less time shortens the wait', () => {
  node.onSignal = () => undefined
  const { name, sinceMs } = runAndDelete([{ name: 'web' }], { terminationGracePeriodSeconds: 60 })
  node.clock.advance(5_000)
  deletePod(node.store, name, 'shop', { gracePeriodSeconds: 3 })
  node.clock.advance(10_000)
  const [term, kill] = signalsOf(node.last('web'), sinceMs) ?? []
  expect(term).toBe('0 SIGTERM')
  expect(Number(kill?.split(' ')[0])).toBeGreaterThanOrEqual(8)
  expect(Number(kill?.split(' ')[0])).toBeLessThanOrEqual(9.1)
  expect(isThere(name)).toBe(false)
})

test('a pod deleted by force is gone at once, and its containers are ended as its spec says', () => {
  node.onSignal = () => undefined
  const name = node.run([{ name: 'web' }], { terminationGracePeriodSeconds: 20 })
  node.clock.advance(5_000)
  const uid = node.pod(name).metadata?.uid
  const sinceMs = node.clock.now()
  deletePod(node.store, name, 'shop', { gracePeriodSeconds: 0 })
  expect(isThere(name)).toBe(false)
  node.clock.advance(15_000)
  expect(node.forgotten).toEqual([])
  node.clock.advance(15_000)
  expect(signalsOf(node.last('web'), sinceMs)).toEqual(['0 SIGTERM', '20 SIGKILL'])
  expect(node.forgotten).toEqual([uid])
  expect(node.history.at(-1)?.type).toBe('DELETED')
})

test('a pod that is deleted while it starts does not start', () => {
  const name = node.run([{ name: 'web' }])
  node.clock.advance(100)
  deletePod(node.store, name, 'shop')
  node.clock.advance(10_000)
  expect([node.of('web').length, isThere(name)]).toEqual([0, false])
})

test('a pod that PodGC has failed and removed is ended', () => {
  const name = node.run([{ name: 'web' }])
  node.clock.advance(5_000)
  const pod = node.pod(name)
  node.store.update('Pod', { ...pod, status: { ...pod.status, phase: 'Failed' } })
  deletePod(node.store, name, 'shop', { gracePeriodSeconds: 0 })
  node.clock.advance(5_000)
  expect(node.last('web').exited?.exitCode).toBe(0)
  expect(node.events('Killing')).toEqual(['Killing Stopping container web'])
})

test('the journal tells of signals and exits as containerd does', () => {
  node.onSignal = () => undefined
  const { sinceMs } = runAndDelete([{ name: 'web' }], { terminationGracePeriodSeconds: 2 })
  node.clock.advance(10_000)
  const { id, exited } = node.last('web')
  const lines = node.machine.journal.map(({ text }) => text)
  expect(lines.map((line) => line.replace(/time="[^"]+" /, ''))).toEqual([
    `level=info msg="Stop container \\"${id}\\" with signal terminated"`,
    `level=info msg="Kill container \\"${id}\\""`,
    expect.stringMatching(
      `^level=info msg="received exit event container_id:\\\\"${id}\\\\" .* exit_status:137  exited_at:\\{seconds:\\d+  nanos:\\d+\\}"$`,
    ),
  ])
  const epochAtZero = node.clock.epoch() - node.clock.now()
  const atMs = lines.map((line) => Date.parse(/time="([^"]+)"/.exec(line)?.[1] ?? '') - epochAtZero)
  expect(atMs[0]).toBeGreaterThanOrEqual(sinceMs)
  expect((atMs[1] ?? 0) - (atMs[0] ?? 0)).toBeCloseTo(2_000, -1)
  const [, seconds, nanos] = /seconds:(\d+) {2}nanos:(\d+)/.exec(lines[2] ?? '') ?? []
  expect(Number(seconds) * 1_000 + Number(nanos) / 1e6 - epochAtZero).toBeCloseTo(exited?.atMs ?? 0, 0)
})

test('the grace period of one pod does not make another wait', () => {
  node.onSignal = (process) => {
    if (process.order.pod.metadata?.name !== 'pod-0') process.exit(0)
  }
  const slow = runAndDelete([{ name: 'web' }], { terminationGracePeriodSeconds: 60 })
  const quick = runAndDelete([{ name: 'web' }])
  node.clock.advance(3_000)
  expect([isThere(slow.name), isThere(quick.name)]).toEqual([true, false])
})

test('a pod that is deleted right after its start is ended when its containers were listed again', () => {
  const tookMs = Array.from({ length: 20 }, (_, seed) => {
    node = new TestNode(seed)
    const name = node.run([{ name: 'web' }])
    while (node.of('web').length === 0) node.clock.advance(10)
    const sinceMs = node.clock.now()
    deletePod(node.store, name, 'shop')
    node.clock.advance(5_000)
    return Number(node.last('web').signals[0]?.split(' ')[0]) - sinceMs
  })
  expect(Math.max(...tookMs)).toBeLessThan(1_030)
  expect(tookMs.filter((ms) => ms > 300).length).toBeGreaterThan(5)
})
