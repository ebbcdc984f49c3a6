import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { Cluster } from '../cluster/cluster.ts'
import type { Kube, KubeObject, ListRef, WatchEnd, WatchEvent } from '../cluster/kube.ts'
import { KubeError } from '../cluster/kube-error.ts'
import { FakeRecording, watched } from '../timeline/testing.ts'
import { measureNoise } from './noise.ts'

/** A clock that goes on only when it is told to, and wakes one sleeper after the other. */
class ManualClock {
  ms = 0
  private sleepers: { untilMs: number; wake: () => void }[] = []

  now = () => this.ms

  sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const sleeper = { untilMs: this.ms + ms, wake: resolve }
    const leave = () => {
      this.sleepers = this.sleepers.filter((other) => other !== sleeper)
      reject(signal?.reason)
    }
    if (signal?.aborted) return Promise.reject(signal.reason)
    this.sleepers.push(sleeper)
    signal?.addEventListener('abort', leave, { once: true })
    return promise
  }

  get asleep(): number {
    return this.sleepers.length
  }

  async goOn(ms: number): Promise<void> {
    const untilMs = this.ms + ms
    for (;;) {
      await turn()
      const [next] = this.sleepers
        .filter((sleeper) => sleeper.untilMs <= untilMs)
        .sort((a, b) => a.untilMs - b.untilMs)
      if (!next) break
      this.sleepers.splice(this.sleepers.indexOf(next), 1)
      this.ms = next.untilMs
      next.wake()
    }
    this.ms = untilMs
  }
}

interface Sent {
  object: KubeObject & { data?: { beat: string } }
  answer(): void
  fail(error: unknown): void
}

let stopping = new AbortController()
afterEach(() => {
  stopping.abort()
  stopping = new AbortController()
})

function start(parts: { heldUpMs?: () => number; capabilities?: string[]; watchEnds?: WatchEnd[] } = {}) {
  const clock = new ManualClock()
  const recording = new FakeRecording()
  recording.record(watched('Node', 0, { metadata: { name: 'n1', uid: 'n1' }, status: {} }))
  const sent: Sent[] = []
  const watches: { ref: ListRef; version: string; onEvent: (event: WatchEvent) => void }[] = []
  const followed: { node: string; onLine: (line: string) => void; signal: AbortSignal }[] = []
  const kube = {
    apply: (object: KubeObject) => {
      const { promise, resolve, reject } = Promise.withResolvers<KubeObject>()
      sent.push({ object, answer: () => resolve(object), fail: reject })
      return promise
    },
    watch: async (ref: ListRef, version: string, onEvent: (event: WatchEvent) => void) => {
      watches.push({ ref, version, onEvent })
      return parts.watchEnds?.shift() ?? new Promise<never>(() => undefined)
    },
  }
  const nodes = {
    follow: async (node: string, _: string[], onLine: (line: string) => void, signal: AbortSignal) => {
      followed.push({ node, onLine, signal })
      throw new Error('the node has stopped')
    },
  }
  const capabilities = new Set(parts.capabilities ?? [])
  const cluster = { kube: kube as unknown as Kube, clock, nodes, capabilities } as unknown as Cluster
  const recorder = Object.assign(recording, { now: clock.now })
  const ended = measureNoise({
    ...{ cluster, recorder, namespace: 'shop', signal: stopping.signal },
    heldUpMs: parts.heldUpMs ?? (() => 0),
  })
  /** The watch event of the n-th beat. */
  const arrive = (n: number) => {
    const { object } = sent[n] as Sent
    for (const { onEvent } of watches) onEvent({ type: 'MODIFIED', object })
  }
  const told = () => recording.timeline.noise.map(({ source: _, ...rest }) => rest)
  return { clock, sent, watches, followed, ended, arrive, told }
}

/** Answers the n-th beat and brings its event, both at once. */
function beatAt({ sent, arrive }: ReturnType<typeof start>, n: number): void {
  sent[n]?.answer()
  arrive(n)
}

describe('a beat', () => {
  test('is a small write in the namespace of the scenario, whose event alone is watched for', async () => {
    const { clock, sent, watches } = start()
    await clock.goOn(0)
    expect(sent.map(({ object }) => object)).toEqual([
      {
        ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { beat: '0' } },
        metadata: { name: 'rolypoly-beat', namespace: 'shop' },
      },
    ])
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop' }
    expect(watches.map(({ onEvent: _, ...rest }) => rest)).toEqual([
      { ref: { ...ref, fieldSelector: 'metadata.name=rolypoly-beat' }, version: '0' },
    ])
  })

  test('tells when it was sent, and what its answer and its event took from then', async () => {
    const { clock, sent, arrive, told } = start()
    await clock.goOn(20)
    sent[0]?.answer()
    await clock.goOn(10)
    expect(told()).toEqual([])
    arrive(0)
    await clock.goOn(0)
    expect(told()).toEqual([{ atMs: 0, apiMs: 20, watchMs: 30 }])
    // The pause before the next; nothing waits for this one any more.
    expect(clock.asleep).toBe(1)
  })

  test('may be seen before it is answered', async () => {
    const { clock, sent, arrive, told } = start()
    await clock.goOn(20)
    arrive(0)
    await clock.goOn(10)
    sent[0]?.answer()
    await clock.goOn(0)
    expect(told()).toEqual([{ atMs: 0, apiMs: 30, watchMs: 20 }])
  })

  test('is not seen in the event of another', async () => {
    const started = start()
    const { clock, sent, arrive, told } = started
    await clock.goOn(0)
    beatAt(started, 0)
    await clock.goOn(2_000)
    sent[1]?.answer()
    arrive(0)
    await clock.goOn(5)
    expect(told()).toHaveLength(1)
    arrive(1)
    await clock.goOn(0)
    expect(told()[1]).toEqual({ atMs: 2_000, apiMs: 0, watchMs: 5 })
  })

  test('carries on where this process was held up for longer than its event took', async () => {
    const held = [700, 0]
    const started = start({ heldUpMs: () => held.shift() ?? 0 })
    await started.clock.goOn(30)
    beatAt(started, 0)
    await started.clock.goOn(2_010)
    beatAt(started, 1)
    await started.clock.goOn(0)
    expect(started.told()).toEqual([
      { atMs: 0, apiMs: 30, watchMs: 700 },
      { atMs: 2_000, apiMs: 40, watchMs: 40 },
    ])
  })
})

describe('the next beat', () => {
  test('begins two seconds after the last began', async () => {
    const started = start()
    await started.clock.goOn(500)
    beatAt(started, 0)
    await started.clock.goOn(1_499)
    expect(started.sent).toHaveLength(1)
    await started.clock.goOn(1)
    expect(started.sent).toHaveLength(2)
  })

  test('waits for the end of one that takes longer', async () => {
    const started = start()
    await started.clock.goOn(7_000)
    expect(started.sent).toHaveLength(1)
    beatAt(started, 0)
    await started.clock.goOn(0)
    expect(started.sent).toHaveLength(2)
    expect(started.told()).toEqual([{ atMs: 0, apiMs: 7_000, watchMs: 7_000 }])
  })

  test.each([
    ['gets no answer', () => undefined],
    ['fails', (beat: Sent | undefined) => beat?.fail(new Error('connection refused'))],
    ['is told of trouble', (beat: Sent | undefined) => beat?.fail(new KubeError('it', 500, '', 'timed out'))],
  ])('does not wait longer than ten seconds for one that %s', async (_, happen) => {
    const { clock, sent, told } = start()
    await clock.goOn(0)
    happen(sent[0])
    await clock.goOn(9_999)
    expect(told()).toEqual([])
    await clock.goOn(1)
    expect(told()).toEqual([{ atMs: 0, apiMs: 10_000 }])
    expect(sent).toHaveLength(2)
  })

  test('comes after one whose event was missed', async () => {
    const { clock, sent, told } = start()
    await clock.goOn(15)
    sent[0]?.answer()
    await clock.goOn(9_985)
    expect(told()).toEqual([{ atMs: 0, apiMs: 15 }])
    expect(sent).toHaveLength(2)
  })
})

describe('the end', () => {
  test('comes with the signal, and leaves nothing behind', async () => {
    const { clock, sent, ended, told, followed } = start({ capabilities: ['node.exec'] })
    await clock.goOn(100)
    stopping.abort()
    await ended
    expect(clock.asleep).toBe(0)
    expect(followed[0]?.signal.aborted).toBe(true)
    sent[0]?.fail(new Error('the namespace is gone'))
    await clock.goOn(20_000)
    expect(sent).toHaveLength(1)
    expect(told()).toEqual([])
  })

  test('comes where the server refuses such a write, and is no failure', async () => {
    const { clock, sent, ended, told, followed } = start({ capabilities: ['node.exec'] })
    await clock.goOn(0)
    sent[0]?.fail(new KubeError('v1/ConfigMap/shop/rolypoly-beat', 403, 'Forbidden', 'no'))
    await ended
    expect({ told: told(), asleep: clock.asleep }).toEqual({ told: [], asleep: 0 })
    expect(followed[0]?.signal.aborted).toBe(true)
  })
})

describe('the watch', () => {
  test('goes on at once where it ended, and a little later where it failed', async () => {
    const failed: WatchEnd = { why: 'failed', error: new Error('connection refused') }
    const { clock, watches } = start({ watchEnds: [{ why: 'closed' }, failed] })
    await clock.goOn(0)
    expect(watches).toHaveLength(2)
    await clock.goOn(2_000)
    expect(watches).toHaveLength(3)
  })
})

describe('the wait for a CPU', () => {
  const line = (up: string, total: number) => `${up} some avg10=0.00 avg60=0.00 avg300=0.00 total=${total}`

  test('is told by a node, for the time since the last beat', async () => {
    const started = start({ capabilities: ['node.exec'] })
    await started.clock.goOn(0)
    const { node, onLine } = started.followed[0] ?? { node: '', onLine: () => undefined }
    expect(node).toBe('n1')
    onLine(line('50.00', 0))
    onLine(line('52.00', 500_000))
    beatAt(started, 0)
    await started.clock.goOn(2_000)
    beatAt(started, 1)
    await started.clock.goOn(0)
    expect(started.told().map(({ cpuWaiting }) => cpuWaiting)).toEqual([0.25, undefined])
  })

  test('is left out where nothing can be run on a node', async () => {
    const { clock, followed } = start()
    await clock.goOn(0)
    expect(followed).toEqual([])
  })
})
