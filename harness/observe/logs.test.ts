import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
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

type Stream = (tell: (line: string) => void, signal: AbortSignal) => void | Promise<void>

describe('logs', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: zero })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** `streams` are what following gives, one after the other; `previous` what the one before had written. */
  function followed(coming: Observation[], streams: Stream[], previous: () => string = () => '') {
    return read(new FakeRecording(...coming), streams, previous)
  }

  /** The same, where time passes by itself and what is seen is recorded by hand. */
  function live(streams: Stream[], previous: () => string) {
    const recording = new FakeRecording()
    const looks = new Set<() => void>()
    const record = recording.record.bind(recording)
    return read(
      Object.assign(recording, {
        record(observation: Observation) {
          record(observation)
          for (const look of looks) look()
        },
        waitFor: <T>(look: () => T | undefined) =>
          new Promise<T>((resolve) => {
            const check = () => {
              const found = look()
              if (found !== undefined) resolve(found)
            }
            looks.add(check)
            check()
          }),
      }),
      streams,
      previous,
    )
  }

  function read(recording: FakeRecording, streams: Stream[], previous: () => string) {
    const asked: string[] = []
    const kube = {
      async followLogs(_: object, tell: (line: string) => void, signal: AbortSignal, options: object) {
        asked.push(`follow ${JSON.stringify(options)}`)
        const stream = streams.shift()
        if (!stream) throw new Error('is waiting to start')
        await stream(tell, signal)
      },
      async logs(_: object, options: object) {
        asked.push(JSON.stringify(options))
        return previous()
      },
    }
    const { signal } = new AbortController()
    const cluster = { kube, clock: recording.clock } as never
    const logs = followLogs({ cluster, recorder: recording, namespace: 'shop', signal })
    const lines = () =>
      recording.timeline
        .logOf('web-1', 'app')
        .map(({ atMs, containerID, line }) => `${containerID} ${atMs} ${line}`)
    const gaps = () => recording.timeline.of('gap').map(({ detail }) => `${detail.watch}: ${detail.reason}`)
    return { recording, logs, asked, lines, gaps }
  }
  const crash = [
    seen(1_000, running('id1')),
    seen(3_000, down('id1', 2_000)),
    seen(4_000, running('id2', 1, endedAt('id1', 2_000))),
    seen(9_000, down('id2', 8_000, 1)),
  ]
  const settle = async ({ recording, logs }: ReturnType<typeof followed>) => {
    for (let ms = 500; ms <= 12_000; ms += 500) {
      recording.passUntil(ms)
      await vi.waitFor(() => undefined)
      for (let n = 0; n < 20; n++) await Promise.resolve()
    }
    await logs.settled()
  }

  test('are not read before they are asked for', async () => {
    const run = followed(crash, [])
    await settle(run)
    expect(run.asked).toEqual([])
  })

  test('are read of each incarnation, from its first line on, with their times', async () => {
    const run = followed(crash, [
      (tell) => [timed(1_100, 'one'), timed(1_900, 'two')].forEach(tell),
      (tell) => [timed(3_500, 'three')].forEach(tell),
    ])
    run.recording.passUntil(3_000)
    run.logs.follow(source)
    run.logs.follow(source)
    await settle(run)
    expect(run.lines()).toEqual(['id1 1100 one', 'id1 1900 two', 'id2 3500 three'])
    expect(run.asked).toEqual(Array(2).fill('follow {"timestamps":true}'))
    expect(run.gaps()).toEqual([])
  })

  test('that break off are read again, and no line twice', async () => {
    const run = followed(crash.slice(0, 1), [
      (tell) => [timed(1_100, 'one')].forEach(tell),
      () => Promise.reject(new Error('socket closed')),
      (tell) => [timed(1_100, 'one'), timed(1_100, 'one more')].forEach(tell),
    ])
    run.recording.passUntil(1_500)
    run.logs.follow(source)
    await settle(run)
    expect(run.lines()).toEqual(['id1 1100 one', 'id1 1100 one more'])
  })

  test('of the incarnation before are had where the newest one is asked for the first time', async () => {
    const run = followed(
      crash,
      [(tell) => [timed(3_500, 'three')].forEach(tell)],
      () => `${timed(1_100, 'one')}\n`,
    )
    run.recording.passUntil(4_500)
    run.logs.follow(source)
    await settle(run)
    expect(run.lines().sort()).toEqual(['id1 1100 one', 'id2 3500 three'])
    expect(run.asked).toContain('{"previous":true,"timestamps":true}')
  })

  test('are not taken for those of another incarnation that began meanwhile', async () => {
    const run = live(
      [
        (tell, signal) => {
          tell(timed(3_500, 'three'))
          expect(signal.aborted).toBe(true)
          run.recording.record(seen(4_000, running('id2', 1, endedAt('id1', 2_000))))
        },
        (tell) => [timed(3_500, 'three')].forEach(tell),
      ],
      () => `${timed(1_100, 'one')}\n`,
    )
    for (const observation of crash.slice(0, 2)) run.recording.record(observation)
    run.logs.follow(source)
    await vi.waitFor(() => expect(run.lines().sort()).toEqual(['id1 1100 one', 'id2 3500 three']))
  })

  test('that cannot be had leave a gap, unless no fault had been by then', async () => {
    const fault: Observation = {
      ...{ source: 'fault', atMs: 500, fault: 0, phase: 'injecting', lasting: false },
      ...{ kind: 'killContainer', target: 'Pod/shop/web-1/app' },
    }
    const run = followed([fault, ...crash.slice(0, 2)], [])
    run.recording.passUntil(3_500)
    run.logs.follow(source)
    await settle(run)
    expect(run.gaps()).toEqual([
      'log: the log of container id1 could not be read to its end: is waiting to start',
    ])
    const late = followed([...crash.slice(0, 2), { ...fault, atMs: 3_200 }], [])
    late.recording.passUntil(3_500)
    late.logs.follow(source)
    await settle(late)
    expect(late.gaps()).toEqual([])
  })
})
