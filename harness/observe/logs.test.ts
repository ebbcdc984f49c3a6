import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { KubeError } from '../cluster/kube-error.ts'
import type { Observation } from '../model/observation.ts'
import { ended, FakeRecording, type PodParts, pod, running, watched } from '../timeline/testing.ts'
import { followLogs, readLogLine } from './logs.ts'

/** 2026-11-21T12:35:00Z */
const zero = 1_795_264_500_000
const source = { podUid: 'web-1', name: 'web-1', container: 'app' }
const timed = (ms: number, line: string) => `${new Date(zero + ms).toISOString()} ${line}`
const seen = (atMs: number, app: NonNullable<PodParts['containers']>[string]) =>
  watched('Pod', atMs, pod({ containers: { app } }))
const endedAt = (id: string, ms: number) => {
  const { terminated } = ended(id)
  return { terminated: { ...terminated, finishedAt: new Date(zero + ms).toISOString() } }
}
const down = (id: string, ms: number, restartCount = 0, lastState?: object) => ({
  ...{ containerID: id, restartCount, state: endedAt(id, ms) },
  ...(lastState && { lastState }),
})

const noneBefore = new KubeError(
  ...([
    'Pod/shop/web-1',
    400,
    'BadRequest',
    'previous terminated container "app" in pod "web-1" not found',
  ] as const),
)

test('a line is read with the time of its writing', () => {
  expect(readLogLine('2026-11-21T12:35:05.546749457Z it is open', zero)).toEqual({
    ...{ atMs: 5_546, line: 'it is open' },
  })
  expect(readLogLine('2026-11-21T12:35:05Z', zero)).toEqual({ atMs: 5_000, line: '' })
  expect(readLogLine('2026-11-21T12:35:05Z   two', zero)?.line).toBe('  two')
  for (const none of ['', 'it is open', '2026-99-21T12:35:05Z x']) {
    expect(readLogLine(none, zero)).toBeUndefined()
  }
})

describe('logs', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: zero })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** A pod's kubelet, and what has seen of it: time passes only where somebody waits for a time. */
  function kubelet() {
    const recording = new FakeRecording()
    const looks = new Set<() => void>()
    const record = recording.record.bind(recording)
    const recorder = Object.assign(recording, {
      record(observation: Observation) {
        record(observation)
        for (const look of [...looks]) look()
      },
      waitFor: <T>(look: () => T | undefined, untilMs: number) =>
        new Promise<T | undefined>((resolve) => {
          const check = () => {
            const found = look()
            if (found !== undefined) resolve(found)
          }
          looks.add(check)
          check()
          if (untilMs > 1e6) return
          setTimeout(() => {
            recording.passUntil(untilMs)
            resolve(undefined)
          })
        }),
    })
    const written: string[][] = []
    const asked: string[] = []
    const places = new Set<string>()
    const knobs = {
      gone: false,
      complains: false,
      away: 0,
      ended: Promise.withResolvers<void>(),
    }
    const refuse = () => {
      if (knobs.gone) throw new Error('HTTP-Code: 404\nBody: {}')
    }
    const kube = {
      async followLogs(
        of: { namespace: string },
        tell: (line: string) => void,
        signal: AbortSignal,
        options: object,
      ) {
        asked.push(`follow ${JSON.stringify(options)}`)
        places.add(of.namespace)
        refuse()
        for (const line of written.at(-1) ?? []) tell(line)
        if (knobs.complains) return tell('failed to create fsnotify watcher: too many open files')
        if (!signal.aborted) await knobs.ended.promise
      },
      async logs(_: object, options: { previous: boolean }) {
        asked.push(JSON.stringify(options))
        refuse()
        if (knobs.away-- > 0) throw new Error('HTTP-Code: 503\nBody: {}')
        const lines = written.at(options.previous ? -2 : -1)
        if (!lines) throw noneBefore
        return lines.map((line) => `${line}\n`).join('')
      },
    }
    const { signal } = new AbortController()
    const sleep = async (ms: number) => {
      const untilMs = recording.now() + ms
      await new Promise((resolve) => setTimeout(resolve))
      recording.passUntil(untilMs)
    }
    const cluster = { kube, clock: { ...recording.clock, sleep } } as never
    const logs = followLogs({ cluster, recorder, namespace: 'shop', signal })
    const start = (...lines: string[]) => {
      written.push(lines)
      knobs.ended = Promise.withResolvers<void>()
    }
    const write = (line: string) => written.at(-1)?.push(line)
    const lines = () =>
      recording.timeline
        .logOf('web-1', 'app')
        .map(({ atMs, containerID, line }) => `${containerID} ${atMs} ${line}`)
    const gaps = () => recording.timeline.of('gap').map(({ detail }) => `${detail.watch}: ${detail.reason}`)
    return { recording, logs, start, write, written, knobs, asked, places, lines, gaps }
  }
  const [first, second] = [seen(1_000, running('id1')), seen(4_000, running('id2', 1, endedAt('id1', 2_000)))]
  const [firstEnds, secondEnds] = [seen(3_000, down('id1', 2_000)), seen(9_000, down('id2', 8_000, 1))]
  const fault: Observation = {
    ...{ source: 'fault', atMs: 500, fault: 0, phase: 'injecting', lasting: false },
    ...{ kind: 'killContainer', target: 'Pod/shop/web-1/app' },
  }

  test('are not read before they are asked for', async () => {
    const { recording, logs, asked } = kubelet()
    recording.record(first)
    await logs.settled()
    expect(asked).toEqual([])
  })

  test("are asked for in their pod's own namespace, where that is not the scenario's", async () => {
    const { recording, logs, start, places } = kubelet()
    start(timed(1_100, 'one'))
    recording.record(first)
    logs.follow({ ...source, namespace: 'annex' })
    await vi.waitFor(() => expect(places).toEqual(new Set(['annex'])))
    expect(recording.timeline.logOf('web-1', 'app')[0]?.subject).toBe('Pod/annex/web-1/app')
  })

  test('are followed through each incarnation, from its first line on, once, with their times', async () => {
    const { recording, logs, start, knobs, asked, lines, gaps } = kubelet()
    start(timed(1_100, 'one'), timed(1_900, 'two'))
    recording.record(first)
    logs.follow(source)
    logs.follow(source)
    await vi.waitFor(() => expect(lines()).toEqual(['id1 1100 one', 'id1 1900 two']))
    expect(asked).toEqual(['follow {"timestamps":true}'])
    recording.record(firstEnds)
    knobs.ended.resolve()
    await logs.settled()
    start(timed(3_500, 'three'))
    recording.record(second)
    await vi.waitFor(() => expect(lines()).toHaveLength(3))
    expect(lines()).toEqual(['id1 1100 one', 'id1 1900 two', 'id2 3500 three'])
    expect(gaps()).toEqual([])
  })

  test('are read once more when their container has ended: a stream may have broken off', async () => {
    const { recording, logs, start, write, knobs, lines } = kubelet()
    start(timed(1_100, 'one'))
    recording.record(first)
    logs.follow(source)
    await vi.waitFor(() => expect(lines()).toHaveLength(1))
    write(timed(1_900, 'two'))
    recording.record(firstEnds)
    knobs.ended.resolve()
    await logs.settled()
    expect(lines()).toEqual(['id1 1100 one', 'id1 1900 two'])
  })

  test('are asked for again and again where their kubelet cannot stream, and that is no line of theirs', async () => {
    const { recording, logs, start, write, knobs, asked, lines, gaps } = kubelet()
    knobs.complains = true
    start(timed(1_100, 'one'))
    recording.record(first)
    logs.follow(source)
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(12))
    write(timed(1_900, 'two'))
    recording.record(firstEnds)
    await logs.settled()
    expect(lines()).toEqual(['id1 1100 one', 'id1 1900 two'])
    expect(gaps()).toEqual([])
  })

  test('of the incarnation before are had where the newest one is asked for the first time', async () => {
    const { recording, logs, start, lines, asked } = kubelet()
    start(timed(1_100, 'one'))
    start(timed(3_500, 'three'))
    for (const observation of [first, firstEnds, second]) recording.record(observation)
    logs.follow(source)
    await vi.waitFor(() => expect(lines().sort()).toEqual(['id1 1100 one', 'id2 3500 three']))
    expect(asked).toContain('{"previous":true,"timestamps":true}')
  })

  test.each([
    ['has written nothing yet', [], []],
    ['wrote within the second of the end', [timed(2_500, 'three')], ['id2 2500 three']],
    ['wrote later', [timed(3_500, 'three')], ['id2 3500 three']],
  ])('are told from those of the next one, once it is told of, where that %s', async (_, next, its) => {
    const { recording, logs, start, knobs, lines, gaps } = kubelet()
    start(timed(1_100, 'one'))
    start(...next)
    for (const observation of [fault, first, firstEnds]) recording.record(observation)
    logs.follow(source)
    await vi.waitFor(() => expect(logs.settled()).resolves.toBeUndefined())
    // That the API server is away for a moment proves nothing.
    knobs.away = 1
    recording.record(second)
    await logs.settled()
    expect(lines().sort()).toEqual(['id1 1100 one', ...its])
    expect(gaps()).toEqual([])
  })

  test.each([
    ['a line from before the second of the end is its own', [timed(1_100, 'one')], []],
    [
      'none is not known to be its own',
      [],
      ['log: the log of container id1 could not be read to its end: its kubelet has removed it'],
    ],
  ])('need no proof where their kubelet has removed them since: %s', async (_, own, gap) => {
    const { recording, logs, start, written, gaps, asked } = kubelet()
    start(...own)
    for (const observation of [fault, first, firstEnds]) recording.record(observation)
    logs.follow(source)
    await logs.settled()
    expect(recording.now()).toBeLessThan(9_500)
    start(timed(3_500, 'three'))
    written.shift()
    recording.record(seen(4_000, running('id2', 1)))
    await vi.waitFor(() => expect(asked).toContain('follow {"timestamps":true}'))
    await logs.settled()
    expect(gaps()).toEqual(gap)
    expect(asked.filter((one) => one.includes('"previous":true'))).toHaveLength(gap.length)
  })

  test('that were streamed of the next one before any status told of it are taken back', async () => {
    const { recording, logs, start, knobs, lines } = kubelet()
    start(timed(1_100, 'one'))
    start(timed(2_500, 'three'))
    recording.record(first)
    logs.follow(source)
    await vi.waitFor(() => expect(lines()).toEqual(['id1 2500 three']))
    recording.record(firstEnds)
    knobs.ended.resolve()
    recording.record(second)
    await logs.settled()
    await vi.waitFor(() => expect(lines().sort()).toEqual(['id1 1100 one', 'id2 2500 three']))
  })

  test.each([
    ['all', [timed(1_100, 'one')], []],
    ['but the last', [timed(2_500, 'one')], [timed(2_600, 'two')]],
  ])('that a rotation has taken away since, %s, are not taken back', async (_, own, kept) => {
    const { recording, logs, start, written, knobs, lines } = kubelet()
    start(...own)
    recording.record(first)
    logs.follow(source)
    await vi.waitFor(() => expect(lines()).toHaveLength(1))
    written[0] = kept
    const { ended: stream } = knobs
    start()
    recording.record(second)
    stream.resolve()
    await logs.settled()
    expect(recording.now()).toBeLessThan(9_500)
    expect(lines()).toHaveLength(1 + kept.length)
  })

  test('that two outputs wrote out of order are its own all the same', async () => {
    const { recording, logs, start, knobs, lines } = kubelet()
    start(timed(2_600, 'of one'), timed(2_500, 'of the other'))
    recording.record(first)
    logs.follow(source)
    await vi.waitFor(() => expect(lines()).toHaveLength(2))
    const { ended: stream } = knobs
    start()
    recording.record(second)
    stream.resolve()
    await logs.settled()
    expect(lines()).toEqual(['id1 2600 of one', 'id1 2500 of the other'])
  })

  test('of one that wrote nothing are read to their end', async () => {
    const { recording, logs, start, asked, gaps } = kubelet()
    start()
    for (const observation of [fault, first, firstEnds]) recording.record(observation)
    logs.follow(source)
    await logs.settled()
    start()
    recording.record(second)
    await logs.settled()
    expect(recording.now()).toBeLessThan(9_500)
    expect(asked.filter((one) => one.includes('"previous":true'))).toHaveLength(1)
    expect(gaps()).toEqual([])
  })

  test('that were streamed to their end are whole, though their pod is gone', async () => {
    for (const [finishedMs, complains, isWhole] of [
      [2_000, false, true],
      [60_000, false, false],
      [2_000, true, false],
    ] as const) {
      const { recording, logs, start, knobs, lines, gaps } = kubelet()
      knobs.complains = complains
      recording.passUntil(2_000)
      start(timed(1_100, 'one'))
      for (const observation of [fault, first]) recording.record(observation)
      logs.follow(source)
      await vi.waitFor(() => expect(lines()).toHaveLength(1))
      knobs.gone = true
      knobs.ended.resolve()
      recording.record(seen(3_000, down('id1', finishedMs)))
      await logs.settled()
      expect(gaps().length === 0).toBe(isWhole)
    }
  })

  test('that were streamed to their end stay whole where the kubelet removes them before it tells of their end', async () => {
    const { recording, logs, start, knobs, asked, lines, gaps } = kubelet()
    recording.passUntil(2_000)
    start(timed(1_100, 'one'))
    for (const observation of [fault, first]) recording.record(observation)
    logs.follow(source)
    await vi.waitFor(() => expect(lines()).toHaveLength(1))
    knobs.complains = true
    knobs.ended.resolve()
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(2))
    knobs.gone = true
    recording.record(seen(3_000, down('id1', 2_000)))
    await logs.settled()
    expect(gaps()).toEqual([])
  })

  test('that cannot be had leave a gap, unless no fault had been by then', async () => {
    for (const faultMs of [500, 3_200]) {
      const { recording, logs, knobs, gaps } = kubelet()
      knobs.gone = true
      for (const observation of [{ ...fault, atMs: faultMs }, first, firstEnds]) recording.record(observation)
      logs.follow(source)
      await logs.settled()
      const told = 'log: the log of container id1 could not be read to its end: HTTP-Code: 404'
      expect(gaps()).toEqual(faultMs === 500 ? [told] : [])
    }
  })

  test('that are older than what the kubelet keeps leave a gap', async () => {
    const { recording, logs, start, gaps } = kubelet()
    for (const line of ['one', 'two', 'three']) start(timed(1_100, line))
    const third = seen(10_000, running('id3', 2, endedAt('id2', 8_000)))
    for (const observation of [fault, first, firstEnds, second, secondEnds, third])
      recording.record(observation)
    logs.follow(source)
    await logs.settled()
    expect(gaps()).toEqual([expect.stringContaining('keeps none older')])
  })
})
