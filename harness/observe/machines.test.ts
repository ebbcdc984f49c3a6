import { expect, test } from 'vitest'
import type { NodeState } from '../cluster/cluster.ts'
import { FakeRecording, watched } from '../timeline/testing.ts'
import { followMachines } from './machines.ts'

interface Scene {
  /** What the node's machine is after the process on it has ended; an error where it is not there. */
  state: NodeState | Error
  /** The scenario itself has turned it off. */
  isHurt?: boolean
  /** It ended because the scenario did. */
  over?: boolean
  capabilities?: string[]
}

/** A node whose process ends, and what is written of it. */
async function afterTheEnd({ state, isHurt = false, over = false, capabilities = ['node.exec'] }: Scene) {
  const recording = new FakeRecording()
  const metadata = { name: 'n1', uid: 'n' }
  recording.record(watched('Node', 0, { metadata, spec: {}, status: { conditions: [] } } as never))
  const stopping = new AbortController()
  const followed: string[] = []
  const nodes = {
    async follow(node: string, command: string[]) {
      followed.push(`${node}: ${command.join(' ')}`)
      if (over) stopping.abort()
      throw new Error('the process was killed')
    },
    async state() {
      if (state instanceof Error) throw state
      return state
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

test.each([
  ['stopped', 'stopped' as const],
  ['gone', new Error('no such container')],
])('a machine that is %s, by nobody of the scenario, is told once, and is a gap', async (word, state) => {
  const { followed, lost, gaps } = await afterTheEnd({ state })
  expect(followed).toEqual(['n1: sleep infinity'])
  expect(lost).toBe(`the machine of Node/n1 is ${word}, and the scenario has not turned it off`)
  expect(gaps).toEqual([`machine: ${lost}`])
})

test.each<[string, Scene]>([
  ['that the scenario has turned off', { state: 'stopped', isHurt: true }],
  ['that runs on, whatever became of the process', { state: 'running' }],
  ['of a scenario that is over', { state: 'stopped', over: true }],
])('a machine %s is not lost', async (_, scene) => {
  expect(await afterTheEnd(scene)).toMatchObject({ lost: undefined, gaps: [] })
})

test('where no node can be entered, none is followed', async () => {
  const scene: Scene = { state: 'stopped', capabilities: [] }
  expect(await afterTheEnd(scene)).toEqual({ followed: [], lost: undefined, gaps: [] })
})
