import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { Kube, KubeObject, ListRef } from '../cluster/kube.ts'
import type { Observation } from '../model/observation.ts'
import { openRecorder, type Recorder } from './recorder.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-recorder-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A clock that goes on only when it is told to. */
class ManualClock {
  ms = 5_000
  private readonly sleepers = new Set<{ untilMs: number; wake: () => void }>()

  now = () => this.ms
  epoch = () => this.ms
  outside = <T>(work: () => Promise<T>) => work()

  sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const sleeper = { untilMs: this.ms + ms, wake: resolve }
    this.sleepers.add(sleeper)
    signal?.addEventListener('abort', () => {
      this.sleepers.delete(sleeper)
      reject(signal.reason)
    })
    return promise
  }

  get asleep(): number {
    return this.sleepers.size
  }

  goOn(ms: number): void {
    this.ms += ms
    for (const sleeper of this.sleepers) if (sleeper.untilMs <= this.ms) sleeper.wake()
  }
}

const refused = new Error('forbidden')
/** What the next lists find. */
let appears: KubeObject | undefined
function kubeOf(asked: ListRef[] = [], refuses = ''): Kube {
  const kube = {
    list: async (ref: ListRef) => {
      asked.push(ref)
      if (ref.kind === refuses) throw refused
      return { items: appears && appears.kind === ref.kind ? [appears] : [], resourceVersion: '1' }
    },
    watch: () => new Promise(() => undefined),
  }
  return kube as unknown as Kube
}

const opened: Recorder[] = []
afterEach(async () => {
  for (const recorder of opened.splice(0)) await recorder[Symbol.asyncDispose]()
})

let count = 0
async function open() {
  const clock = new ManualClock()
  const path = join(folder, String(count++), 'recordings', 'a.jsonl')
  const asked: ListRef[] = []
  const recorder = await openRecorder({ kube: kubeOf(asked), clock, namespace: 'shop', path })
  opened.push(recorder)
  return { recorder, clock, path, asked }
}

const step = (atMs: number, name = 'a step'): Observation => ({
  source: 'step',
  atMs,
  untilMs: atMs,
  step: name,
})
const steps = (recorder: Recorder, n: number) => () => {
  const found = recorder.timeline.of('step')
  return found.length >= n ? found.length : undefined
}

test('it watches what a scenario is made of in its namespace, and the nodes', async () => {
  const { asked, recorder, clock } = await open()
  const told = asked
    .map(({ apiVersion, kind, namespace }) => `${apiVersion}/${kind} ${namespace ?? '-'}`)
    .sort()
  expect(told).toEqual([
    'apps/v1/Deployment shop',
    'apps/v1/ReplicaSet shop',
    'batch/v1/Job shop',
    'discovery.k8s.io/v1/EndpointSlice shop',
    'policy/v1/PodDisruptionBudget shop',
    'v1/Event shop',
    'v1/Node -',
    'v1/Pod shop',
    'v1/Service shop',
  ])
  expect(recorder.now()).toBe(0)
  clock.goOn(250)
  expect(recorder.now()).toBe(250)
})

test('what is recorded is on the timeline at once, and in the file by the end', async () => {
  const { recorder, path } = await open()
  recorder.record(step(1, 'one'))
  recorder.record(step(2, 'two'))
  expect(recorder.timeline.of('step').map(({ subject }) => subject)).toEqual(['one', 'two'])
  await recorder[Symbol.asyncDispose]()
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual([step(1, 'one'), step(2, 'two')])
})

test('what comes after its end is left out, and ending it again does nothing', async () => {
  const { recorder, path } = await open()
  await recorder[Symbol.asyncDispose]()
  recorder.record(step(1))
  await recorder[Symbol.asyncDispose]()
  expect(recorder.timeline.of('step')).toEqual([])
  expect(readFileSync(path, 'utf8')).toBe('')
})

test('where one of its watches cannot begin, it does not open', async () => {
  const path = join(folder, 'refused', 'a.jsonl')
  const clock = new ManualClock()
  const options = { kube: kubeOf([], 'Event'), clock, namespace: 'shop', path }
  await expect(openRecorder(options)).rejects.toBe(refused)
})

test('a wait ends at the observation that brings it, and not before', async () => {
  const { recorder, clock } = await open()
  let found: number | undefined
  const waiting = recorder.waitFor(steps(recorder, 2), 10_000).then((n) => {
    found = n
  })
  recorder.record(step(1))
  await turn()
  expect(found).toBeUndefined()
  recorder.record(step(2))
  await waiting
  expect(found).toBe(2)
  expect(clock.asleep).toBe(0)
})

test('a wait for what is there already ends at once, though its deadline has passed', async () => {
  const { recorder, clock } = await open()
  recorder.record(step(1))
  clock.goOn(9_000)
  expect(await recorder.waitFor(steps(recorder, 1), 5_000)).toBe(1)
  expect(clock.asleep).toBe(0)
})

test('a wait ends without an answer at its deadline, counted from the zero of the recording', async () => {
  const { recorder, clock } = await open()
  clock.goOn(1_000)
  let ended = false
  const waiting = recorder.waitFor(steps(recorder, 1), 3_000).finally(() => {
    ended = true
  })
  clock.goOn(1_999)
  await turn()
  expect(ended).toBe(false)
  clock.goOn(1)
  expect(await waiting).toBeUndefined()
})

test('a wait that is over is not asked again', async () => {
  const { recorder, clock } = await open()
  let asked = 0
  const waiting = recorder.waitFor(() => void asked++, 1_000)
  clock.goOn(1_000)
  await waiting
  const before = asked
  recorder.record(step(1))
  expect(asked).toBe(before)
})

test('an abort ends a wait with its reason, at once or before it begins', async () => {
  const { recorder, clock } = await open()
  const reason = new Error('the deadline of the scenario has passed')
  const stopping = new AbortController()
  const waiting = recorder.waitFor(steps(recorder, 1), 10_000, stopping.signal)
  stopping.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  await expect(recorder.waitFor(() => 1, 10_000, stopping.signal)).rejects.toBe(reason)
  expect(clock.asleep).toBe(0)
})

test('what a look throws ends its own wait, and no other', async () => {
  const { recorder } = await open()
  const broken = recorder.waitFor(() => {
    if (recorder.timeline.of('step').length > 0) throw refused
  }, 10_000)
  const other = recorder.waitFor(steps(recorder, 2), 10_000)
  recorder.record(step(1))
  await expect(broken).rejects.toBe(refused)
  recorder.record(step(2))
  expect(await other).toBe(2)
})

test('a request that was answered wakes nobody, for there are many; one that was lost does', async () => {
  const { recorder } = await open()
  const looks: number[] = []
  const waiting = recorder.waitFor(() => {
    looks.push(recorder.timeline.traffic.requests)
    return recorder.timeline.traffic.losses.length > 0 ? true : undefined
  }, 10_000)
  const request = { source: 'traffic', service: 'web', connection: 'new', tookMs: 1 } as const
  recorder.record({ ...request, atMs: 1, seq: 0, status: 200 })
  recorder.record({ ...request, atMs: 2, seq: 1, lost: 'refused' })
  expect(await waiting).toBe(true)
  expect(looks).toEqual([0, 2])
})

test('a recording that cannot be written fails whoever waits, and its end, though nobody had waited', async () => {
  const clock = new ManualClock()
  const path = join(folder, 'taken')
  const first = await openRecorder({ kube: kubeOf(), clock, namespace: 'shop', path: join(path, 'a.jsonl') })
  // The path of a folder is no file.
  const recorder = await openRecorder({ kube: kubeOf(), clock, namespace: 'shop', path })
  opened.push(first)
  recorder.record(step(1))
  await expect
    .poll(() => recorder.waitFor(() => 'seen', 10_000).catch((error: Error) => error.message))
    .toMatch(/EISDIR/)
  await expect(recorder[Symbol.asyncDispose]()).rejects.toThrow(
    `${path}: the recording could not be written: EISDIR`,
  )
})

test('it has caught up once each of its watches has: each asks what there is now', async () => {
  const { recorder, asked } = await open()
  const first = asked.splice(0)
  await recorder.caughtUp()
  expect(asked).toEqual(first)
})

test('a further namespace is watched as the first is, and what is seen there is told apart', async () => {
  const { recorder, asked, path } = await open()
  const first = asked.filter(({ namespace }) => namespace === 'shop').map(({ kind }) => kind)
  appears = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'annex', uid: 'w' } }
  await recorder.watchNamespace('annex', 'neighbour')
  appears = undefined
  const further = asked.filter(({ namespace }) => namespace === 'annex').map(({ kind }) => kind)
  expect(further).toEqual(first)
  expect(recorder.timeline.of('service').map(({ detail }) => detail.name)).toEqual(['neighbour/web'])
  await recorder[Symbol.asyncDispose]()
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ kind: 'Service', alias: 'neighbour' })
})
