import { describe, expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { shortNode } from './nodes.ts'
import { pod, timelineOf, watched } from './testing.ts'

const node = (atMs: number, pressure: string | null, name = 'n1') =>
  watched('Node', atMs, {
    metadata: { name, uid: name },
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'DiskPressure', status: pressure === 'DiskPressure' ? 'True' : 'False' },
        { type: 'MemoryPressure', status: pressure === 'MemoryPressure' ? 'True' : 'False' },
      ],
    },
  })
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
const short = (...observations: Observation[]) => shortNode(timelineOf(...observations))

describe('a node that is short of something', () => {
  test('spoils what is seen of the pods that were on it, from when it was told', () => {
    expect(short(node(1, null), watched('Pod', 2, pod()), node(3_210, 'DiskPressure'))).toBe(
      'Node/n1 had DiskPressure from 3.21 s on, and not by the scenario: its kubelet evicts pods, and no others are put there',
    )
    expect(short(watched('Pod', 2, pod()), node(3, 'MemoryPressure'), node(9, null))).toContain(
      'had MemoryPressure from 0.00 s on',
    )
  })

  test('spoils what is seen of pods that find no node', () => {
    expect(short(node(1, 'DiskPressure'), unscheduled(500))).toContain('Node/n1 had DiskPressure')
  })

  test.each<[string, Observation[]]>([
    ['that none of the pods was on', [watched('Pod', 2, pod()), node(3, 'DiskPressure', 'n2')]],
    [
      'that was well again before any came, or found no place',
      [node(1, 'DiskPressure'), node(5, null), watched('Pod', 6, pod()), unscheduled(7)],
    ],
    [
      'that came to be so after the last had gone',
      [watched('Pod', 1, pod()), watched('Pod', 2, pod(), 'DELETED'), node(3, 'DiskPressure')],
    ],
    ['of nothing', [node(1, null), watched('Pod', 2, pod()), unscheduled(3)]],
  ])('one %s spoils nothing', (_, observations) => {
    expect(short(...observations)).toBeUndefined()
  })
})

describe('a pod that was taken away', () => {
  test.each(['TerminationByKubelet', 'PreemptionByScheduler'])(
    'for its node’s or another’s sake spoils what is seen: %s',
    (disrupted) => {
      expect(short(watched('Pod', 1, pod()), watched('Pod', 2_500, pod({ disrupted })))).toBe(
        `Pod/shop/web-1 was taken away at 2.50 s for the sake of its node or of another pod (${disrupted}), and not by the scenario`,
      )
    },
  )

  test.each(['EvictionByEvictionAPI', 'DeletionByTaintManager', 'DeletionByPodGC'])(
    'as faults have it taken does not: %s',
    (disrupted) => {
      expect(short(watched('Pod', 1, pod({ disrupted })))).toBeUndefined()
    },
  )
})
