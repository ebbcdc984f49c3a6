import { describe, expect, test } from 'vitest'
import type { ListRef } from '../cluster/kube.ts'
import { FakeRecording, fakeStage, pod, watched } from '../timeline/testing.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { partitionNode } from './partition-node.ts'

const said = 'dropped 2 cluster-control-plane:6443'

/** A node with a pod on it, and a record of what was done to it. */
function scene({ says = [said], fails = '' } = {}) {
  const done: string[] = []
  const lost = Promise.withResolvers<void>()
  const nodes = {
    async follow(node: string, command: string[], onLine: (line: string) => void, signal: AbortSignal) {
      done.push(`${node} ${command.slice(3).join(' ')}`)
      if (fails) throw new Error(fails)
      for (const line of says) onLine(line)
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      await Promise.race([aborted, lost.promise])
      done.push('lets them talk')
    },
    exec: async (node: string, command: string[]) => {
      done.push(`${node} ${command.slice(3).join(' ')}`)
      return ''
    },
  }
  const recording = new FakeRecording()
  recording.record(watched('Pod', 1, pod()))
  // It has said nothing since: nobody had missed it.
  const spoke = { type: 'Ready', status: 'True', lastHeartbeatTime: '2020-01-01T00:00:00Z' }
  const back = { metadata: { name: 'n1', uid: 'n1' }, status: { conditions: [spoke] } }
  const kube = {
    get: async () => back,
    async list({ kind }: ListRef) {
      if (kind === 'Node') return { items: [back], resourceVersion: '1' }
      done.push('its kubelet is heard')
      const spec = { renewTime: new Date(recording.clock.epoch() + 1).toISOString() }
      return { items: [{ ...back, spec }], resourceVersion: '1' }
    },
  }
  recording.caughtUp = async () => void done.push('caught up')
  const stage = { ...fakeStage(recording), cluster: { nodes, kube, clock: recording.clock } as never }
  const shape = { name: 'web', namespace: 'shop', roots: [], services: [] }
  const metadata = { name: 'web-1', namespace: 'shop', uid: 'web-1' }
  const workload = new Workload(stage, shape, { containers: [] })
  const handle = new Pod(workload, { metadata, spec: { nodeName: 'n1', containers: [] } })
  const gaps = () => recording.timeline.of('gap').map(({ detail }) => `${detail.watch}: ${detail.reason}`)
  return { stage, recording, handle, done, gaps, lose: () => lost.resolve() }
}

test('it hurts the pods that are on the node, and lasts', () => {
  expect(partitionNode(scene().handle)).toMatchObject({
    ...{ kind: 'partitionNode', target: 'Node/n1', exclusive: true, lasting: true },
    effect: { does: 'lose-node', node: 'n1', how: 'partitioned', podUids: ['web-1'] },
    requires: ['node.partition'],
  })
})

describe('a node that is cut off', () => {
  test('is so once a packet was dropped, and no more when it is reverted and Ready', async () => {
    const { stage, recording, handle, done, gaps } = scene()
    recording.passUntil(70)
    const act = await partitionNode(handle).inject(stage, 0)
    expect(act.receipt(recording.timeline)).toEqual({
      ...{ atMs: 70, observedBy: "the node's nftables" },
      evidence: '2 of its packets to the API server at cluster-control-plane:6443 were dropped',
    })
    expect(done).toEqual(['n1 partition'])
    await act.revert?.()
    const told = ['its kubelet is heard', 'caught up']
    expect(done.slice(1)).toEqual(['lets them talk', 'n1 mend', ...told])
    expect(gaps()).toEqual([])
  })

  test('is no more when its keeper ends: that is a gap', async () => {
    const { stage, handle, gaps, lose } = scene()
    await partitionNode(handle).inject(stage, 0)
    lose()
    await new Promise((resolve) => setImmediate(resolve))
    expect(gaps()).toEqual(['probe: Node/n1: what kept it cut off ended'])
  })

  test('is given back where it cannot be cut off', async () => {
    const { stage, handle, done, gaps } = scene({ fails: 'nft: not found' })
    await expect(partitionNode(handle).inject(stage, 0)).rejects.toThrow('nft: not found')
    expect(done.slice(0, 2)).toEqual(['n1 partition', 'n1 mend'])
    expect(gaps()).toEqual([])
  })
})
