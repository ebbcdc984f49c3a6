import { expect, test } from 'vitest'
import type { JournalledAct } from '../cluster/act-journal.ts'
import { FakeRecording, fakeStage, pod, watched } from '../timeline/testing.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { deleteNode } from './delete-node.ts'

const metadata = {
  ...{ name: 'n1', uid: 'n', resourceVersion: '7', creationTimestamp: '2020-01-01T00:00:00Z' },
  ...{ labels: { zone: 'a' }, annotations: { mine: 'stays' } },
}
const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }
const taint = { key: 'mine', effect: 'NoSchedule' }
const spec = { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'], providerID: 'kind://n1' }
const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z' }
const saved = {
  ...{ apiVersion: 'v1', kind: 'Node', spec: { ...spec, taints: [taint] } },
  metadata: { name: 'n1', labels: metadata.labels, annotations: metadata.annotations },
}

/** A node that a pod runs on, and all that was done to it and written down, in that order. */
function scene(deletion?: Error) {
  const recording = new FakeRecording()
  const node = { metadata, spec: { ...spec, taints: [notReady, taint] }, status: { conditions: [ready] } }
  recording.record(watched('Node', 0, node as never))
  recording.record(watched('Pod', 0, pod()))
  const done: unknown[] = []
  let isThere = true
  const kube = {
    get: async () => (isThere ? structuredClone(node) : undefined),
    async delete(_: object, { uid }: { uid: string }) {
      isThere = false
      done.push(`delete ${uid}`)
      recording.record(watched('Node', 10, node as never, 'DELETED'))
      if (deletion) throw deletion
    },
    async create(object: object) {
      isThere = true
      done.push(['create', object])
      const anew = { ...node, metadata: { ...metadata, uid: 'n-2' } }
      recording.record(watched('Node', recording.now() + 20, anew as never))
    },
  }
  const begin = async (act: JournalledAct) => {
    done.push(['begin', act])
    return async () => void done.push('strike out')
  }
  const stage = {
    ...fakeStage(recording),
    ...{ journal: { begin }, cluster: { kube, clock: recording.clock } as never },
  }
  const shape = { name: 'web', namespace: 'shop', roots: [], services: [] }
  const mine = new Pod(new Workload(stage, shape, { containers: [] }), pod() as never)
  return { stage, recording, mine, done }
}

const written = ['begin', { does: 'deleteNode', target: 'Node/n1', object: saved }]

test('a Node is written down whole before it is deleted, and is made again as it was', async () => {
  const { stage, recording, mine, done } = scene()
  const act = await deleteNode(mine).inject(stage, 0)
  expect(done).toEqual([written, 'delete n'])
  expect(act.receipt(recording.timeline)).toMatchObject({ atMs: 10, evidence: 'the Node of UID n is gone' })
  await act.revert?.()
  expect(done.slice(2)).toEqual([['create', saved], 'strike out'])
})

test('where the answer is lost and the Node gone all the same, it is made again', async () => {
  const { stage, mine, done } = scene(new Error('the API server did not answer'))
  await expect(deleteNode(mine).inject(stage, 0)).rejects.toThrow('did not answer')
  expect(done).toEqual([written, 'delete n', ['create', saved], 'strike out'])
})
