import { describe, expect, test } from 'vitest'
import type { FaultEffect, FaultRecord } from '../model/fault.ts'
import type { Observation } from '../model/observation.ts'
import { FakeRecording, fakeStage, pod, watched } from '../timeline/testing.ts'
import { interference } from './interference.ts'

interface NodeParts {
  pressure?: string
  ready?: boolean
  name?: string
}

const node = (atMs: number, { pressure, ready = true, name = 'n1' }: NodeParts = {}, deleted = false) => {
  const conditions = Object.entries({
    ...{ Ready: ready, DiskPressure: false, MemoryPressure: false },
    ...(pressure !== undefined && { [pressure]: true }),
  }).map(([type, is]) => ({ type, status: is ? 'True' : 'False' }))
  const object = { metadata: { name, uid: name }, status: { conditions } }
  return watched('Node', atMs, object, deleted ? 'DELETED' : 'MODIFIED')
}
const unscheduled = (atMs: number) =>
  watched(
    'Event',
    atMs,
    {
      metadata: { name: 'e', uid: `e ${atMs}` },
      ...{ reason: 'FailedScheduling', type: 'Warning', message: '0/2 nodes are available', count: 1 },
      involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-2', uid: 'web-2' },
    },
    'ADDED',
  )
const disk = { pressure: 'DiskPressure' }
const lives = watched('Pod', 2, pod())

function toldOf(observations: Observation[], effect?: FaultEffect, injectedAtMs = 0): string | undefined {
  const recording = new FakeRecording(...observations)
  recording.passUntil(100_000)
  const fault: FaultRecord[] = effect
    ? [
        {
          number: 0,
          kind: 'a fault',
          target: 'it',
          effect,
          injectedAtMs,
          receipt: null,
          revertedAtMs: undefined,
        },
      ]
    : []
  return interference(fakeStage(recording, ...fault))
}

describe('a node that is short of something', () => {
  test('is told where pods were on it meanwhile, with since when', () => {
    expect(toldOf([node(1), lives, node(3_210, disk)])).toBe(
      'Node/n1 had DiskPressure from 3.21 s on, by which pods are evicted and no others put there, and by no fault of the scenario',
    )
    expect(toldOf([lives, node(30, { pressure: 'MemoryPressure' }), node(90)])).toContain(
      'had MemoryPressure',
    )
  })

  test('is told where a pod found no node meanwhile', () => {
    expect(toldOf([node(1, disk), unscheduled(500)])).toContain('Node/n1 had DiskPressure')
  })

  test.each<[string, Observation[]]>([
    ['that none of the pods was on', [lives, node(3, { ...disk, name: 'n2' })]],
    [
      'that was well again before any came, or found no place',
      [node(1, disk), node(5), watched('Pod', 6, pod()), unscheduled(7)],
    ],
    [
      'that came to be so after the last had gone',
      [watched('Pod', 1, pod()), watched('Pod', 2, pod(), 'DELETED'), node(3, disk)],
    ],
    ['of nothing', [node(1), lives, unscheduled(3)]],
  ])('is nothing to one %s', (_, observations) => {
    expect(toldOf(observations)).toBeUndefined()
  })
})

describe('a node that is lost', () => {
  const silent = [node(1), lives, node(3_000, { ready: false })]
  const deleted = [node(1), lives, node(3_000, {}, true)]
  const lost: FaultEffect = { does: 'lose-node', node: 'n1', how: 'stopped', podUids: ['web-1'] }

  test('is told where pods were on it', () => {
    expect(toldOf(silent)).toBe(
      'Node/n1 was no longer Ready at 3.00 s, with pods of the scenario on it, and by no fault of the scenario',
    )
    expect(toldOf(deleted)).toBe(
      'Node/n1 was deleted at 3.00 s, with pods of the scenario on it, and by no fault of the scenario',
    )
    const elsewhere = [node(1), watched('Pod', 2, pod({ node: 'n2' })), node(3_000, { ready: false })]
    expect(toldOf(elsewhere)).toBeUndefined()
  })

  test.each<[string, FaultEffect]>([
    ['turns it off, or cuts it off', lost],
    ['deletes it', { does: 'delete-node', node: 'n1', podUids: [] }],
    [
      'takes the controllers away that hear of it',
      { does: 'stop-control-plane', component: 'c', podUids: [] },
    ],
  ])('is no interference by a fault that %s', (_, effect) => {
    expect(toldOf(silent, effect)).toBeUndefined()
    expect(toldOf(deleted, effect)).toBeUndefined()
  })

  test('is one by a fault on another node, by none at all, and by one that came later', () => {
    expect(toldOf(silent, { ...lost, node: 'n2' })).toContain('no longer Ready')
    expect(toldOf(silent, { does: 'cordon', node: 'n1', podUids: [] })).toContain('no longer Ready')
    expect(toldOf(silent, lost, 3_001)).toContain('no longer Ready')
  })
})

describe('a pod that is taken away', () => {
  const taken = (disrupted: string) => [lives, watched('Pod', 2_500, pod({ disrupted }))]
  const taint = { key: 'k', effect: 'NoExecute' } as const
  const evicted: FaultEffect = { does: 'delete-pod', podUid: 'web-1', force: false }
  const drained: FaultEffect = { does: 'drain', node: 'n1', podUids: [], atOnce: null }
  const tainted: FaultEffect = { does: 'taint', node: 'n1', podUids: [], taint }
  const deleted: FaultEffect = { does: 'delete-node', node: 'n1', podUids: [] }

  test.each<[string, FaultEffect[]]>([
    ['EvictionByEvictionAPI', [evicted, drained]],
    ['DeletionByTaintManager', [tainted, deleted]],
    ['DeletionByPodGC', [deleted]],
    ['TerminationByKubelet', []],
    ['PreemptionByScheduler', []],
  ])('%s is told, but for the faults that lead to it', (reason, leading) => {
    const told = `Pod/shop/web-1 was taken away at 2.50 s (${reason}), and by no fault of the scenario`
    for (const effect of [evicted, drained, tainted, deleted]) {
      expect(toldOf(taken(reason), effect)).toBe(leading.includes(effect) ? undefined : told)
    }
    expect(toldOf(taken(reason))).toBe(told)
  })

  test('is told where another one was evicted, or this one only later', () => {
    expect(toldOf(taken('EvictionByEvictionAPI'), { ...evicted, podUid: 'web-2' })).toContain('taken away')
    expect(toldOf(taken('EvictionByEvictionAPI'), evicted, 2_501)).toContain('taken away')
  })

  test('is nothing for a reason that nobody knows', () => {
    expect(toldOf(taken('SomethingNew'))).toBeUndefined()
  })
})
