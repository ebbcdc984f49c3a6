import { expect, test } from 'vitest'
import type { EvictionAnswer } from '../cluster/kube.ts'
import { budget, FakeRecording, fakeStage, pod, watched } from '../timeline/testing.ts'
import { Pod, Workload } from '../workload/workload.ts'
import { cordonNode, drainNode } from './drain-node.ts'

const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z' }
const podOf = (name: string, metadata: object = {}, phase = 'Running') => {
  const { metadata: usual, ...rest } = pod({ name })
  return { ...rest, metadata: { ...usual, ...metadata }, status: { phase } }
}
const daemon = { ownerReferences: [{ kind: 'DaemonSet', name: 'd', uid: 'd', controller: true }] }

interface Given {
  answer?: EvictionAnswer | Error
  labels?: Record<string, string>
  unschedulable?: boolean
  budget?: boolean
}

/** Pods of a node that can be drained, and what was asked of the API server. */
function scene({ answer = { is: 'evicted' }, labels = {}, unschedulable, ...given }: Given = {}) {
  const recording = new FakeRecording()
  if (given.budget) recording.record(watched('PodDisruptionBudget', 0, budget()))
  const own = { 'rolypoly.dev/role': 'prober' }
  const parts = [
    { name: 'web-1' },
    { name: 'web-2' },
    { name: 'prober', labels: own },
    { name: 'web-3', node: 'n2' },
  ]
  for (const one of parts) recording.record(watched('Pod', 0, pod(one)))
  const asked: string[] = []
  const spec: { unschedulable?: boolean | null } = { ...(unschedulable && { unschedulable }) }
  const node = () => ({
    ...{ metadata: { name: 'n1', uid: 'n', labels }, spec: { ...(spec.unschedulable && spec) } },
    status: { conditions: [ready] },
  })
  const onNode = [
    ...[podOf('web-1'), podOf('web-2'), podOf('prober', { labels: own }), podOf('log', daemon)],
    podOf('static', { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
    ...[podOf('done', {}, 'Succeeded'), podOf('going', { deletionTimestamp: 'now' })],
  ]
  const kube = {
    get: async () => node(),
    list: async ({
      kind,
      fieldSelector,
      namespace,
    }: {
      kind: string
      fieldSelector?: string
      namespace: string
    }) => {
      if (kind === 'Pod') asked.push(`list ${fieldSelector}`)
      const pods = namespace === 'annex' ? [podOf('web-4', { namespace: 'annex' })] : onNode
      return { items: kind === 'Node' ? [node()] : pods, resourceVersion: '1' }
    },
    patch: async (_: object, patch: { spec: { unschedulable: boolean | null } }) => {
      spec.unschedulable = patch.spec.unschedulable
      asked.push(`unschedulable: ${spec.unschedulable}`)
      recording.record(watched('Node', recording.now(), node() as never))
    },
    evict: async ({ name, namespace }: { name: string; namespace: string }) => {
      asked.push(`evict ${namespace === 'shop' ? '' : `${namespace}/`}${name}`)
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  const cluster = { kube, clock: recording.clock } as never
  const stage = { ...fakeStage(recording), cluster }
  const shape = { name: 'web', namespace: 'shop', roots: [], services: [] }
  const mine = new Pod(new Workload(stage, shape, { containers: [] }), pod() as never)
  return { stage, recording, mine, asked }
}

test('a cordoned node is unschedulable until the revert', async () => {
  const { stage, recording, mine, asked } = scene()
  const fault = cordonNode(mine)
  expect(fault).toMatchObject({ target: 'Node/n1', exclusive: true, lasting: true })
  expect(fault.effect).toEqual({ does: 'cordon', node: 'n1', podUids: [] })
  const act = await fault.inject(stage, 0)
  expect(act.receipt(recording.timeline)).toEqual({
    ...{ atMs: 0, observedBy: 'watch of nodes', evidence: 'its spec.unschedulable is true' },
  })
  await act.revert?.()
  expect(asked).toEqual(['unschedulable: true', 'unschedulable: null'])
})

test('a drained node is cordoned, and its pods evicted but those of DaemonSets, its own, and ours', async () => {
  const { stage, mine, asked } = scene()
  const fault = drainNode(mine)
  expect(fault.effect).toEqual({ does: 'drain', node: 'n1', podUids: ['web-1', 'web-2'], atOnce: null })
  await fault.inject(stage, 0)
  expect(asked).toEqual([...['unschedulable: true', 'list spec.nodeName=n1', 'evict web-1', 'evict web-2']])
})

test("so are those in the scenario's further namespaces", async () => {
  const { stage, mine, asked } = scene()
  await drainNode(mine).inject({ ...stage, neighbours: ['annex'] }, 0)
  expect(asked.filter((one) => one.startsWith('evict'))).toEqual([
    ...['evict web-1', 'evict web-2', 'evict annex/web-4'],
  ])
})

test('whom it hurts is whom it finds there, and nobody is evicted who may not be hurt', async () => {
  const { stage, mine, recording } = scene()
  const fault = drainNode(mine)
  recording.record(watched('Pod', 1, pod({ name: 'web-1' }), 'DELETED'))
  const found: (string | undefined)[] = []
  const act = await fault.inject({ ...stage, neighbours: ['annex'] }, 0, async (pods) => {
    found.push(...pods.map(({ metadata }) => metadata?.name))
  })
  expect(found).toEqual(['web-1', 'web-2', 'web-4'])
  expect(act.effect).toEqual({ does: 'drain', node: 'n1', podUids: found, atOnce: null })
  const other = scene()
  const tooMany = () => Promise.reject(new Error('too many'))
  await expect(drainNode(other.mine).inject(other.stage, 0, tooMany)).rejects.toThrow('too many')
  expect(other.asked).toEqual(['unschedulable: true', 'list spec.nodeName=n1', 'unschedulable: null'])
})

test('how many go at once is what their budget says', () => {
  expect(drainNode(scene({ budget: true }).mine).effect).toMatchObject({ atOnce: 1 })
})

test('what a budget refuses is asked for again for so long', async () => {
  const { stage, mine, asked, recording } = scene({ answer: { is: 'refused', why: 'no' } })
  await drainNode(mine, { within: '11s' }).inject(stage, 0)
  expect(asked.filter((one) => one === 'evict web-1')).toHaveLength(2)
  expect(recording.timeline.of('eviction')).toHaveLength(4)
})

test('a node is uncordoned where its drain fails', async () => {
  const { stage, mine, asked } = scene({ answer: new Error('the API server is away') })
  await expect(drainNode(mine).inject(stage, 0)).rejects.toThrow('the API server is away')
  expect(asked.at(-1)).toBe('unschedulable: null')
})

test('neither a control plane nor a node that is cordoned already is touched', async () => {
  const plane = scene({ labels: { 'node-role.kubernetes.io/control-plane': '' } })
  await expect(cordonNode(plane.mine).inject(plane.stage, 0)).rejects.toThrow('is a control plane')
  const cordoned = scene({ unschedulable: true })
  await expect(cordonNode(cordoned.mine).inject(cordoned.stage, 0)).rejects.toThrow('is cordoned already')
  expect([...plane.asked, ...cordoned.asked]).toEqual([])
})
