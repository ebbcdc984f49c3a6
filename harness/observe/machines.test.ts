import { expect, test } from 'vitest'
import { FakeRecording, watched } from '../timeline/testing.ts'
import { followMachines } from './machines.ts'

const all = ['node.exec', 'node.pause']

interface Scene {
  /** The scenario itself has turned it off. */
  isHurt?: boolean
  /** It ended because the scenario did. */
  over?: boolean
  /** It is paused, and its process does not end. */
  paused?: boolean
  capabilities?: string[]
}

/** A node whose process ends, and what is written of it. */
async function afterTheEnd({ isHurt = false, over = false, paused = false, capabilities = all }: Scene = {}) {
  const recording = new FakeRecording()
  const metadata = { name: 'n1', uid: 'n' }
  recording.record(watched('Node', 0, { metadata, spec: {}, status: { conditions: [] } } as never))
  const stopping = new AbortController()
  const followed: string[] = []
  const nodes = {
    async follow(node: string, command: string[]) {
      followed.push(`${node}: ${command.join(' ')}`)
      if (paused) await new Promise(() => undefined)
      if (over) stopping.abort()
      throw new Error('the process was killed')
    },
    async followPauses(which: string[], onPause: (node: string) => void) {
      for (const node of which) if (paused) onPause(node)
      throw new Error('the engine ended')
    },
  }
  const machines = followMachines({
    ...{ cluster: { nodes, capabilities: new Set(capabilities) } as never, recorder: recording as never },
    ...{ isHurt: () => isHurt, signal: stopping.signal },
  })
  await new Promise(setImmediate)
  const gaps = recording.timeline.of('gap').map(({ detail }) => `${detail.watch}: ${detail.reason}`)
  return { followed, lost: machines.lost(), gaps }
}

test('a machine that ends, by nobody of the scenario, is told, and is a gap', async () => {
  const { followed, lost, gaps } = await afterTheEnd()
  expect(followed).toEqual(['n1: sleep infinity'])
  expect(lost).toBe('the machine of Node/n1 was turned off or taken away, and not by the scenario')
  expect(gaps).toEqual([`machine: ${lost}`])
})

test('a machine that is paused, by nobody of the scenario, is told, and is a gap', async () => {
  const { lost, gaps } = await afterTheEnd({ paused: true })
  expect(lost).toBe('the machine of Node/n1 was paused, and not by the scenario')
  expect(gaps).toEqual([`machine: ${lost}`])
})

test.each<[string, Scene]>([
  ['that the scenario has paused', { isHurt: true, paused: true }],
  ['that the scenario has turned off', { isHurt: true }],
  ['of a scenario that is over', { over: true }],
])('a machine %s is not lost', async (_, scene) => {
  expect(await afterTheEnd(scene)).toMatchObject({ lost: undefined, gaps: [] })
})

test('where no node can be entered, none is followed', async () => {
  expect(await afterTheEnd({ capabilities: [] })).toEqual({ followed: [], lost: undefined, gaps: [] })
})
