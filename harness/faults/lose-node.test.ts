import { describe, expect, test } from 'vitest'
import type { NodePower, NodeState } from '../cluster/cluster.ts'
import { UsageError } from '../model/errors.ts'
import { FakeRecording, fakeStage, pod, watched } from '../timeline/testing.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { pauseNode, stopKubelet, stopNode } from './lose-node.ts'

/** A node with a pod on it, and a record of what was done to it. */
function scene(options: { states?: NodeState[]; kubelet?: string; labels?: object; fails?: string } = {}) {
  const { states = [], labels = {} } = options
  const done: string[] = []
  const does = (what: string) => async (node: string) => {
    done.push(`${what} ${node}`)
    if (options.fails === what) throw new Error('no answer')
  }
  const nodes: Omit<NodePower, 'followPauses'> = {
    ...{ stop: does('stop'), start: does('start'), pause: does('pause'), unpause: does('unpause') },
    state: async () => states.shift() ?? 'running',
    async kubelet(node, act) {
      done.push(`${act} kubelet of ${node}`)
      return options.kubelet ?? (act === 'stop' ? 'inactive' : 'active')
    },
  }
  const recording = new FakeRecording()
  for (const parts of [{ name: 'web-1' }, { name: 'web-2' }, { name: 'web-3', node: 'n2' }])
    recording.record(watched('Pod', 1, pod(parts)))
  recording.record(watched('Pod', 2, pod({ name: 'web-2' }), 'DELETED'))
  const spoke = { type: 'Ready', status: 'True', lastHeartbeatTime: '2126-01-01T00:00:00Z' }
  const started = { containerStatuses: [{ state: { running: { startedAt: '2126-01-01T00:00:00Z' } } }] }
  const back = { metadata: { name: 'n1', uid: 'n1', labels }, status: { conditions: [spoke], ...started } }
  const kube = { get: async () => back, list: async () => ({ items: [back], resourceVersion: '1' }) }
  const stage = { ...fakeStage(recording), cluster: { nodes, kube, clock: recording.clock } as never }
  const shape = { name: 'web', namespace: 'shop', roots: [], services: [] }
  const metadata = { name: 'web-1', namespace: 'shop', uid: 'web-1' }
  const workload = new Workload(stage, shape, { containers: [] })
  const handle = new Pod(workload, { metadata, spec: { nodeName: 'n1', containers: [] } })
  return { stage, recording, handle, done }
}

test.each([
  [stopNode, 'stopNode', 'stopped', 'node.stop'],
  [pauseNode, 'pauseNode', 'paused', 'node.pause'],
  [stopKubelet, 'stopKubelet', 'kubelet stopped', 'node.kubelet'],
] as const)('%o hurts the pods that are on the node, and lasts', (make, kind, how, capability) => {
  const { handle } = scene()
  expect(make(handle)).toMatchObject({
    ...{ kind, target: 'Node/n1', requires: [capability], exclusive: true, lasting: true },
    effect: { does: 'lose-node', node: 'n1', how, podUids: ['web-1'] },
  })
})

describe('a node that is lost', () => {
  test('is turned off, which its machine proves, and turned on again', async () => {
    const { stage, recording, handle, done } = scene({ states: ['stopped'] })
    recording.passUntil(70)
    const act = await stopNode(handle).inject(stage, 0)
    expect(act.receipt(recording.timeline)).toEqual({
      ...{ atMs: 70, observedBy: "the node's machine", evidence: 'n1 is stopped' },
    })
    await act.revert?.()
    expect(done).toEqual(['stop n1', 'start n1'])
  })

  test('is frozen, and goes on where it was; one that is not frozen any more is let alone', async () => {
    const { stage, recording, handle, done } = scene({ states: ['paused', 'paused', 'running'] })
    const act = await pauseNode(handle).inject(stage, 0)
    expect(act.receipt(recording.timeline)).toMatchObject({ evidence: 'n1 is paused' })
    await act.revert?.()
    await act.revert?.()
    expect(done).toEqual(['pause n1', 'unpause n1'])
  })

  test('loses its kubelet, by the word of systemd, and has it started again', async () => {
    const { stage, recording, handle, done } = scene()
    const act = await stopKubelet(handle).inject(stage, 0)
    expect(act.receipt(recording.timeline)).toMatchObject({
      ...{ observedBy: 'systemd on the node', evidence: 'the kubelet of n1 is inactive' },
    })
    await act.revert?.()
    expect(done).toEqual(['stop kubelet of n1', 'start kubelet of n1'])
  })
})

test('what is not lost gives no receipt', async () => {
  const running = scene({ states: ['running'] })
  const act = await stopNode(running.handle).inject(running.stage, 0)
  expect(act.receipt(running.recording.timeline)).toBeUndefined()
  const active = scene({ kubelet: 'deactivating' })
  const other = await stopKubelet(active.handle).inject(active.stage, 0)
  expect(other.receipt(active.recording.timeline)).toBeUndefined()
})

test('where the answer is lost the node may be too: it is given back', async () => {
  const { stage, handle, done } = scene({ fails: 'stop' })
  await expect(stopNode(handle).inject(stage, 0)).rejects.toThrow('no answer')
  expect(done).toEqual(['stop n1', 'start n1'])
})

test('a control plane is refused, and nothing is done to it', async () => {
  const { stage, handle, done } = scene({ labels: { 'node-role.kubernetes.io/control-plane': '' } })
  for (const [make, word] of [[stopNode, 'stopped'] as const, [pauseNode, 'paused'] as const]) {
    const injecting = make(handle).inject(stage, 0)
    await expect(injecting).rejects.toThrow(UsageError)
    await expect(injecting).rejects.toThrow(`Node/n1: is a control plane, which is not ${word}`)
  }
  expect(done).toEqual([])
})
