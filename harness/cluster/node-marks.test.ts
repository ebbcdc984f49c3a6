import { expect, test } from 'vitest'
import type { Kube } from './kube.ts'
import { KubeError } from './kube-error.ts'
import { addTaint, cordon, removeTaint, uncordon, undoMarked } from './node-marks.ts'

type Taint = { key: string; value?: string; effect: string }

/** An API server with one Node, which takes merge patches. */
function oneNode(taints: Taint[] = []) {
  const annotations: Record<string, string> = { mine: 'stays' }
  const node = {
    metadata: { name: 'n1', resourceVersion: '1', annotations },
    spec: { unschedulable: undefined as true | undefined, taints },
  }
  interface Patch {
    metadata: { resourceVersion?: string; annotations: Record<string, string | null> }
    spec: { unschedulable?: true | null; taints?: Taint[] | null }
  }
  const kube = {
    get: async () => structuredClone(node),
    patch: async (_: object, { metadata, spec }: Patch) => {
      const { resourceVersion = node.metadata.resourceVersion } = metadata
      if (resourceVersion !== node.metadata.resourceVersion)
        throw new KubeError('Node/n1', 409, 'Conflict', 'the object has been modified')
      node.metadata.resourceVersion += '+'
      for (const [key, value] of Object.entries(metadata.annotations)) {
        if (value === null) delete annotations[key]
        else annotations[key] = value
      }
      if (spec.unschedulable !== undefined) node.spec.unschedulable = spec.unschedulable ?? undefined
      if (spec.taints !== undefined) node.spec.taints = spec.taints ?? []
    },
  } as unknown as Kube
  return {
    kube,
    node,
    undo: (isDead = (_: string) => true) => undoMarked(kube, 'n1', isDead),
  }
}

const a = { key: 'a', value: '1', effect: 'NoExecute' } as const
const b = { key: 'example.com/b', effect: 'NoSchedule' } as const
const theirs = { key: 'theirs', effect: 'NoSchedule' }

test('whose doing it is goes with it: nothing is left once it is taken back', async () => {
  const { kube, node, undo } = oneNode([theirs])
  await cordon(kube, 'n1', 'shop')
  await addTaint(kube, 'n1', a, 'shop')
  await addTaint(kube, 'n1', b, 'cart')
  expect(node.spec).toEqual({ unschedulable: true, taints: [theirs, a, b] })
  await removeTaint(kube, 'n1', a)
  await removeTaint(kube, 'n1', b)
  await uncordon(kube, 'n1')
  expect(node).toMatchObject({ metadata: { annotations: { mine: 'stays' } }, spec: { taints: [theirs] } })
  expect([Object.keys(node.metadata.annotations), node.spec.unschedulable]).toEqual([['mine'], undefined])
  expect(await undo()).toEqual([])
})

test('from the marks alone all of it is undone, and nothing of anybody else', async () => {
  const { kube, node, undo } = oneNode([theirs])
  await cordon(kube, 'n1', 'shop')
  await addTaint(kube, 'n1', a, 'shop')
  await addTaint(kube, 'n1', b, 'cart')
  expect(await undo()).toEqual([
    'uncordoned Node/n1',
    'took the taint a:NoExecute from Node/n1',
    'took the taint example.com/b:NoSchedule from Node/n1',
  ])
  expect(node.spec).toEqual({ unschedulable: undefined, taints: [theirs] })
  expect(node.metadata.annotations).toEqual({ mine: 'stays' })
})

test('what a live scenario has done is left alone', async () => {
  const { kube, node, undo } = oneNode()
  await cordon(kube, 'n1', 'shop')
  await addTaint(kube, 'n1', a, 'shop')
  await addTaint(kube, 'n1', b, 'cart')
  const isDead = (namespace: string) => namespace === 'cart'
  expect(await undo(isDead)).toEqual(['took the taint example.com/b:NoSchedule from Node/n1'])
  expect(await undo(isDead)).toEqual([])
  expect(node.spec).toEqual({ unschedulable: true, taints: [a] })
  expect(await undo()).toHaveLength(2)
})

test('a node that somebody else has cordoned and tainted is left as it is', async () => {
  const { node, undo } = oneNode([theirs])
  node.spec.unschedulable = true
  expect(await undo()).toEqual([])
  expect(node.spec).toEqual({ unschedulable: true, taints: [theirs] })
})

test('what changes while it is undone is left as it is then', async () => {
  const { kube, node, undo } = oneNode()
  await cordon(kube, 'n1', 'dead')
  const { get } = kube
  let looks = 0
  kube.get = async (ref) => {
    const seen = await get(ref)
    // Taken back and cordoned anew, by a live scenario, between the look and the write.
    if (++looks === 1) await cordon(kube, 'n1', 'live')
    return seen as never
  }
  expect(await undo((namespace) => namespace === 'dead')).toEqual([])
  expect([looks, node.spec.unschedulable]).toEqual([2, true])
})

test('of a node that is gone nothing is left to undo', async () => {
  const { kube, undo } = oneNode()
  kube.get = async () => undefined
  expect(await undo()).toEqual([])
})
