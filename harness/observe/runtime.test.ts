import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Interval } from '../model/interval.ts'
import type { Observation } from '../model/observation.ts'
import { ended, FakeRecording, type PodParts, pod, running, watched } from '../timeline/testing.ts'
import { followRuntime, readJournal } from './runtime.ts'

const hash = '64934a7d34e7a6ed2b15b6392755d64c9d17e85a088db158303a4c70d9cb0731'
const other = 'ef11878671a5c84deb3f8edf748288adcf06ba1c0feb8dc616f4d90c18ab3707'
const containerID = `containerd://${hash}`
/** 2026-11-21T12:35:00Z */
const zero = 1_795_264_500_000

const stopLine = (signal: string, id = hash) =>
  String.raw`time="2026-11-21T12:35:05.546749457Z" level=info msg="Stop container \"${id}\" with signal ${signal}"`
const killLine = (id = hash) =>
  String.raw`time="2026-11-21T12:35:35.519547316Z" level=info msg="Kill container \"${id}\""`
const exitLine = (status: string, exitedAt = 'seconds:1795264505  nanos:567226362', id = hash) =>
  String.raw`time="2026-11-21T12:35:05.567635583Z" level=info msg="received exit event container_id:\"${id}\"  id:\"${id}\"  pid:17923  ${status}exited_at:{${exitedAt}}"`

const container: Interval<'container-running'> = {
  ...{ kind: 'container-running', subject: 'Pod/shop/web-1/app', uid: 'web-1', fromMs: 1_000, toMs: 5_600 },
  detail: { container: 'app', containerID, restartCount: 0 },
}
const read = (...lines: string[]) => readJournal(lines.join('\n'), container, zero)
const of = { podUid: 'web-1', subject: 'Pod/shop/web-1/app', container: 'app', containerID }

describe('containerd`s journal', () => {
  test('tells when a container was sent its stop signal, and when it ended', () => {
    expect(read(stopLine('terminated'), exitLine('exit_status:2  '))).toEqual([
      { source: 'signal', atMs: 5_546, ...of, signal: 'SIGTERM' },
      { source: 'exit', atMs: expect.closeTo(5_567.226, 2), ...of, exitCode: 2 },
    ])
  })

  test('leaves a zero out', () => {
    expect(read(exitLine(''))).toMatchObject([{ exitCode: 0 }])
    expect(read(exitLine('exit_status:1  ', 'seconds:1795264505'))).toMatchObject([
      { exitCode: 1, atMs: 5_000 },
    ])
  })

  test('tells of SIGKILL at the end of the grace period', () => {
    expect(read(stopLine('terminated'), killLine(), exitLine('exit_status:137  '))).toMatchObject([
      { signal: 'SIGTERM' },
      { signal: 'SIGKILL', atMs: 35_519 },
      { exitCode: 137 },
    ])
  })

  test.each([
    ['terminated', 'SIGTERM'],
    ['quit', 'SIGQUIT'],
    ['interrupt', 'SIGINT'],
    ['window changed', 'SIGWINCH'],
    ['user defined signal 1', 'SIGUSR1'],
    ['killed', 'SIGKILL'],
    ['signal 37', 'signal 37'],
  ])('names signals in Go`s words: %s is %s', (word, signal) => {
    expect(read(stopLine(word))).toMatchObject([{ signal }])
  })

  test('names the event of an exit in two ways, by its release', () => {
    const later = exitLine('exit_status:143  ').replace('received exit', 'received container exit')
    expect(read(later)).toMatchObject([{ source: 'exit', exitCode: 143 }])
  })

  test('is read for one container: what it says of others, and of anything else, is left', () => {
    const others = [stopLine('terminated', other), killLine(other), exitLine('', undefined, other)]
    const start = String.raw`time="2026-11-21T12:34:00Z" level=info msg="StartContainer for \"${hash}\" returns successfully"`
    const remove = String.raw`time="2026-11-21T12:35:06Z" level=info msg="StopContainer for \"${hash}\" with timeout 30 (s)"`
    expect(read(...others, start, remove, '')).toEqual([])
  })
})

describe('the runtimes of the nodes', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: zero })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const up = (id = containerID) => ({ app: running(id) })
  const seen = (atMs: number, parts: PodParts, type?: 'DELETED') => watched('Pod', atMs, pod(parts), type)
  const one = [
    seen(1_000, { containers: up() }),
    seen(5_600, { containers: { app: { restartCount: 0, state: ended(containerID, 2) } } }),
  ]

  /** A scenario in which this is seen; `journals` are what the node answers, one after the other, the last one again. */
  function followed(coming: Observation[], journals: (string | Error)[], capabilities = ['node.exec']) {
    const recording = new FakeRecording(...coming)
    const recorder = Object.assign(recording, { [Symbol.asyncDispose]: async () => undefined })
    const commands: string[][] = []
    const cluster = {
      capabilities: new Set(capabilities),
      clock: recording.clock,
      nodes: {
        exec: async (node: string, command: string[]) => {
          commands.push([node, ...command])
          const text = journals.length > 1 ? journals.shift() : journals[0]
          if (text instanceof Error) throw text
          return text ?? ''
        },
      },
    }
    const { signal } = new AbortController()
    const runtime = followRuntime({ cluster: cluster as never, recorder, signal })
    const told = () => {
      const { timeline } = recording
      const signals = timeline.of('container-signalled').map(({ uid, detail }) => `${uid} ${detail.signal}`)
      const exits = timeline.of('container-exited').map(({ uid, detail }) => `${uid} ${detail.exitCode}`)
      return [...signals, ...exits]
    }
    return { recording, commands, runtime, told }
  }
  const whole = [stopLine('terminated'), exitLine('exit_status:2  ')].join('\n')

  test('are asked about a container once it has ended, from the time that it began', async () => {
    const { commands, runtime, told } = followed(one, [whole])
    await runtime.settled()
    expect(told()).toEqual(['web-1 SIGTERM', 'web-1 2'])
    const journal = ['journalctl', '-u', 'containerd', '--no-pager', '-o', 'cat']
    expect(commands).toEqual([['n1', ...journal, '--since=@1795264501', '-g', hash]])
  })

  test('are asked again until the exit is in the journal, and nothing is recorded in part or twice', async () => {
    const { commands, runtime, told } = followed(one, [
      '',
      new Error('no such node'),
      stopLine('terminated'),
      whole,
    ])
    await runtime.settled()
    expect(commands).toHaveLength(4)
    expect(told()).toEqual(['web-1 SIGTERM', 'web-1 2'])
  })

  test('are let be after twenty times: the node may be gone', async () => {
    const { commands, runtime, told } = followed(one, [new Error('no such node')])
    await runtime.settled()
    expect(commands).toHaveLength(20)
    expect(told()).toEqual([])
  })

  test('are asked about all that ended on a node at once, from the time that the first of them began', async () => {
    const both = { ...up(), side: running(`containerd://${other}`) }
    const journal = [whole, exitLine('', undefined, other)].join('\n')
    const { commands, runtime, told } = followed(
      [
        seen(1_000, { containers: up() }),
        seen(3_000, { containers: both }),
        seen(6_000, { containers: both }, 'DELETED'),
      ],
      [journal],
    )
    await runtime.settled()
    expect(commands.map((command) => command.slice(-3))).toEqual([
      ['--since=@1795264501', '-g', `${hash}|${other}`],
    ])
    expect(told()).toEqual(['web-1 SIGTERM', 'web-1 2', 'web-1 0'])
  })

  test('are asked each about its own', async () => {
    const gone = (atMs: number, name: string, node: string, id: string) => [
      seen(2_000, { name, node, containers: up(id) }),
      seen(atMs, { name, node, containers: up(id) }, 'DELETED'),
    ]
    const coming = [
      ...gone(6_000, 'web-1', 'n1', containerID),
      ...gone(6_000, 'web-2', 'n2', `containerd://${other}`),
    ]
    const { commands, runtime, told } = followed(
      coming.sort((a, b) => a.atMs - b.atMs),
      [[whole, exitLine('', undefined, other)].join('\n')],
    )
    await runtime.settled()
    expect(commands.map((command) => [command[0], command.at(-1)])).toEqual([
      ['n1', hash],
      ['n2', other],
    ])
    expect(told()).toEqual(['web-1 SIGTERM', 'web-1 2', 'web-2 0'])
  })

  test('are not asked about what still runs, nor about the harness` own pods', async () => {
    const labels = { 'rolypoly.dev/role': 'prober' }
    const own = [seen(1_000, { labels, containers: up() }), seen(5_600, { labels }, 'DELETED')]
    const { commands, recording, runtime } = followed([...own, seen(5_700, { name: 'web-2' })], [whole])
    recording.passUntil(10_000)
    await runtime.settled()
    expect(commands).toEqual([])
  })

  test('are not asked where the cluster lets nobody into its nodes', async () => {
    const { commands, recording, runtime } = followed(one, [whole], [])
    recording.passUntil(10_000)
    await runtime.settled()
    expect(commands).toEqual([])
  })

  test('are not waited for where the recording has failed', async () => {
    const recording = new FakeRecording(...one)
    recording.passUntil(10_000)
    recording.waitFor = () => Promise.reject(new Error('EISDIR'))
    const cluster = { capabilities: new Set(['node.exec']), clock: recording.clock }
    const { signal } = new AbortController()
    await followRuntime({ cluster, recorder: recording, signal } as never).settled()
    expect(recording.timeline.of('container-exited')).toEqual([])
  })
})
