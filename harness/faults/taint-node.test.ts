import { expect, test } from 'vitest'
import { KubeError } from '../cluster/kube-error.ts'
import { FakeRecording, fakeStage, pod, watched } from '../timeline/testing.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { taintNode } from './taint-node.ts'

const taint = { key: 'a', value: 'b', effect: 'NoExecute' } as const
const other = { key: 'a', effect: 'NoSchedule' }
const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z' }

/** A node with these taints, whose next writes fail so, and what was written. */
function scene(taints: object[] = [], ...failures: Error[]) {
  const recording = new FakeRecording()
  for (const parts of [{}, { name: 'web-2', node: 'n2' }]) recording.record(watched('Pod', 0, pod(parts)))
  const written: unknown[] = []
  let now: object[] | null = taints
  let annotations: object = {}
  const node = () => ({
    metadata: { name: 'n1', uid: 'n', resourceVersion: String(written.length), annotations },
    spec: { ...(now && { taints: now }) },
    status: { conditions: [ready] },
  })
  const kube = {
    get: async () => node(),
    list: async () => ({ items: [node()], resourceVersion: '1' }),
    patch: async (
      _: object,
      patch: { metadata: { annotations: object }; spec: { taints: object[] | null } },
    ) => {
      const failure = failures.shift()
      if (failure) throw failure
      now = patch.spec.taints
      annotations = Object.fromEntries(Object.entries(patch.metadata.annotations).filter(([, mark]) => mark))
      written.push(patch)
      recording.record(watched('Node', recording.now() + 40, node() as never))
    },
  }
  const stage = { ...fakeStage(recording), cluster: { kube, clock: recording.clock } as never }
  const shape = { name: 'web', namespace: 'shop', roots: [], services: [] }
  const mine = new Pod(new Workload(stage, shape, { containers: [] }), pod() as never)
  return { stage, recording, mine, written }
}
/** What is written, the mark of whose taint it is with it. */
const patchOf = (resourceVersion: string, taints: object[] | null, mark: string | null = null) => ({
  metadata: { resourceVersion, annotations: { 'rolypoly.dev/tainted': mark } },
  spec: { taints },
})

test('a taint is put beside the others, is seen, and goes with the revert', async () => {
  const { stage, recording, mine, written } = scene([other])
  const fault = taintNode(mine, taint)
  expect(fault).toMatchObject({ kind: 'taintNode', target: 'Node/n1', exclusive: true, lasting: true })
  expect(fault.effect).toEqual({ does: 'taint', node: 'n1', podUids: ['web-1'], taint })
  const act = await fault.inject(stage, 0)
  expect(act.receipt(recording.timeline)).toEqual({
    ...{ atMs: 0, observedBy: 'watch of nodes', evidence: 'its spec.taints has a=b:NoExecute' },
  })
  await act.revert?.()
  expect(written).toEqual([patchOf('0', [other, taint], 'a:NoExecute:shop'), patchOf('1', [other])])
})

test('the only taint leaves none behind, and one of another effect hurts no pod', async () => {
  const { stage, mine, written } = scene()
  const fault = taintNode(mine, { ...taint, effect: 'NoSchedule' })
  expect(fault.effect).toMatchObject({ podUids: [] })
  await (await fault.inject(stage, 0)).revert?.()
  expect(written.at(-1)).toEqual(patchOf('1', null))
})

test('where another has written the node meanwhile, it is read again', async () => {
  const changed = new KubeError('Node/n1', 409, 'Conflict', 'the object has been modified')
  const { stage, mine, written } = scene([], changed, changed)
  await taintNode(mine, taint).inject(stage, 0)
  expect(written).toHaveLength(1)
})

test('what is refused is taken back', async () => {
  const { stage, mine, written } = scene([other], new KubeError('Node/n1', 403, 'Forbidden', 'no'))
  await expect(taintNode(mine, taint).inject(stage, 0)).rejects.toThrow('Node/n1: no')
  expect(written).toEqual([patchOf('0', [other])])
})

test('a node that has the taint already is left alone', async () => {
  const { stage, mine, written } = scene([{ ...taint, value: 'c' }])
  await expect(taintNode(mine, taint).inject(stage, 0)).rejects.toThrow('has a taint a:NoExecute already')
  expect(written).toEqual([])
})
