import { describe, expect, test } from 'vitest'
import { FakeRecording, fakeStage, pod, running, watched } from '../timeline/testing.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { freezeContainer } from './freeze-container.ts'

/** A pod whose container runs since 1 s as task abc, and a record of what was done on its node. */
function scene(options: { says?: string[]; fails?: string; runs?: boolean } = {}) {
  const { says = ['stopped 3'], fails, runs = true } = options
  const done: string[] = []
  const lost = Promise.withResolvers<void>()
  let say: (line: string) => void = () => undefined
  const nodes = {
    async follow(node: string, command: string[], onLine: (line: string) => void, signal: AbortSignal) {
      done.push(`${node} ${command.slice(3).join(' ')}`)
      say = onLine
      if (fails) onLine(fails)
      if (fails) throw new Error('bash failed with exit code 1')
      for (const line of says) onLine(line)
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      await Promise.race([aborted, lost.promise])
      done.push('lets it go on')
    },
    exec: async (node: string, command: string[]) => {
      done.push(`${node} ${command.slice(3).join(' ')}`)
      return ''
    },
  }
  const recording = new FakeRecording()
  const containers = runs ? { app: running('containerd://abc') } : {}
  recording.record(watched('Pod', 1_000, pod({ containers })))
  // Time that is waited in vain does not pass.
  const inVain = (_: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (says.length === 0) resolve()
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  const clock = { ...recording.clock, sleep: inVain }
  const stage = { ...fakeStage(recording), cluster: { nodes, clock } as never }
  const shape = { name: 'web', namespace: 'shop', roots: [], services: [] }
  const metadata = { name: 'web-1', namespace: 'shop', uid: 'web-1' }
  const spec = { nodeName: 'n1', containers: [{ name: 'app' }] }
  const workload = new Workload(stage, shape, { containers: [] })
  const handle = new Pod(workload, { metadata, spec } as never)
  const gaps = () => recording.timeline.of('gap').map(({ detail }) => `${detail.watch}: ${detail.reason}`)
  return {
    stage,
    recording,
    handle,
    done,
    gaps,
    lose: () => lost.resolve(),
    say: (line: string) => say(line),
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('it hurts one container, and lasts', () => {
  expect(freezeContainer(scene().handle)).toMatchObject({
    ...{ kind: 'freezeContainer', target: 'Pod/shop/web-1/app', lasting: true },
    effect: { does: 'freeze', podUid: 'web-1', container: 'app', ranForMs: 0 },
    requires: ['container.freeze'],
  })
})

describe('a container that is frozen', () => {
  test('is so by the word of its node, and goes on when it is reverted', async () => {
    const { stage, recording, handle, done, gaps } = scene()
    recording.passUntil(3_500)
    const act = await freezeContainer(handle).inject(stage, 0)
    expect(act.receipt(recording.timeline)).toEqual({
      ...{ atMs: 3_500, observedBy: "the node's kernel" },
      evidence: 'all 3 processes of container abc stopped (State: T)',
    })
    expect(act.effect).toMatchObject({ does: 'freeze', ranForMs: 2_500 })
    expect(done).toEqual(['n1 freezer abc'])
    await act.revert?.()
    expect(done.slice(1)).toEqual(['lets it go on', 'n1 thaw abc'])
    expect(gaps()).toEqual([])
  })

  test('is no more when its keeper ends: that is a gap', async () => {
    const { stage, handle, gaps, lose } = scene({ says: ['stopped 1'] })
    await freezeContainer(handle).inject(stage, 0)
    lose()
    await settled()
    expect(gaps()).toEqual(['probe: Pod/shop/web-1/app: what kept it frozen ended'])
  })

  test('may be killed, with which its keeper ends', async () => {
    const { stage, handle, gaps, lose, say } = scene()
    const act = await freezeContainer(handle).inject(stage, 0)
    say('gone')
    lose()
    await settled()
    expect(gaps()).toEqual([])
    await act.revert?.()
  })
})

describe('what is not seen to stop', () => {
  test('has no receipt, and is undone', async () => {
    const { stage, recording, handle } = scene({ says: [] })
    const act = await freezeContainer(handle).inject(stage, 0)
    expect(act.receipt(recording.timeline)).toBeUndefined()
  })

  test('is an error where the node cannot, and is undone', async () => {
    const { stage, handle, done } = scene({ fails: 'no task abc runs on this node' })
    await expect(freezeContainer(handle).inject(stage, 0)).rejects.toThrow(
      'Pod/shop/web-1/app: no task abc runs on this node',
    )
    expect(done).toEqual(['n1 freezer abc', 'n1 thaw abc'])
  })

  test('is refused where it does not run', async () => {
    const { stage, handle, done } = scene({ runs: false })
    await expect(freezeContainer(handle).inject(stage, 0)).rejects.toThrow(
      'Pod/shop/web-1/app: is not running, so it cannot be frozen',
    )
    expect(done).toEqual([])
  })
})
