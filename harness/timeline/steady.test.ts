import { expect, test } from 'vitest'
import type { Observation } from '../model/observation.ts'
import { livePods, servicesOf, steadiness, whyNotReady } from './steady.ts'
import { ended, pod, replicated, running, slice, spans, timelineOf, watched } from './testing.ts'

const shape = {
  ...{ name: 'web', namespace: 'shop', services: [{ name: 'web', selector: { app: 'web' } }] },
  roots: [{ kind: 'Deployment', name: 'web', uid: 'd', replicas: 2 }],
}
const applied: Observation = { source: 'workload', atMs: 1, workload: shape }
const owners = [
  watched('Deployment', 2, replicated('d', 2)),
  watched('ReplicaSet', 2, replicated('rs', 2, 2, 'd')),
]
const pods = ['web-1', 'web-2'].map((name) => watched('Pod', 3, pod({ name })))
const listed = watched('EndpointSlice', 4, slice('s', [{ of: 'web-1' }, { of: 'web-2' }]))
const up = [applied, ...owners, ...pods, listed]

const missing = (...observations: Observation[]) => {
  const now = steadiness(timelineOf(...observations), shape)
  return now.steady ? '' : now.missing
}

test('a workload is steady from the last piece on, and is known by the containers that run', () => {
  const timeline = timelineOf(...up)
  expect(spans(timeline.of('steady', 'web'))).toEqual(['4-'])
  expect(timeline.of('steady')[0]?.detail.identity).toBe('web-1-id1 web-2-id1')
})

test('a restart that was seen as one change is another steadiness', () => {
  const again = pod({ containers: { app: running('id2', 1, ended('web-1-id1')) } })
  const timeline = timelineOf(...up, watched('Pod', 9, again))
  expect(spans(timeline.of('steady'))).toEqual(['4-9', '9-'])
})

test('what is told again unchanged is the same steadiness', () => {
  expect(spans(timelineOf(...up, watched('Pod', 9, pod())).of('steady'))).toEqual(['4-'])
})

const unready = pod({ ready: false })
const canary = pod({ name: 'web-3', uid: 'web-3' })
test.each<[string, Observation, string]>([
  [
    'a pod is not ready',
    watched('Pod', 9, unready),
    'Deployment/shop/web: 1 of 2 replicas ready; web-1 is not',
  ],
  ['a pod is on its way out', watched('Pod', 9, pod({ grace: 30 })), '1 of 2 replicas ready'],
  ['a pod is gone', watched('Pod', 9, pod(), 'DELETED'), '1 of 2 replicas ready'],
  ['a pod has failed', watched('Pod', 9, pod({ phase: 'Failed' })), '1 of 2 replicas ready'],
  ['there is one too many', watched('Pod', 9, canary), '3 of 2 replicas ready'],
  [
    'one too many is coming',
    watched('Pod', 9, pod({ name: 'web-3', ready: false })),
    '2 of 2 replicas ready; web-3',
  ],
  ['more are wanted', watched('Deployment', 9, replicated('d', 3)), '2 of 3 replicas ready'],
  [
    'not all are available',
    watched('Deployment', 9, replicated('d', 2, 1)),
    '2 of 2 replicas updated, 1 available',
  ],
  [
    'one is no ready endpoint',
    watched('EndpointSlice', 9, slice('s', [{ of: 'web-1', ready: false }, { of: 'web-2' }])),
    'Pod/shop/web-1: not a ready endpoint of Service web',
  ],
  [
    'one is an endpoint of another Service',
    watched('EndpointSlice', 9, slice('s', [{ of: 'web-1' }, { of: 'web-2' }], 'other')),
    'not a ready endpoint of Service web',
  ],
])('it is not steady where %s, and says so', (_, change, told) => {
  const timeline = timelineOf(...up, change)
  expect(spans(timeline.of('steady'))).toEqual(['4-9'])
  expect(missing(...up, change)).toContain(told)
})

test('it is not steady while a rollout goes on', () => {
  const { status, ...rest } = replicated('d', 2)
  const rolling = watched('Deployment', 9, { ...rest, status: { ...(status as object), updatedReplicas: 1 } })
  expect(missing(...up, rolling)).toBe('Deployment/shop/web: 1 of 2 replicas updated, 2 available')
})

test("a Service that selects nothing of it is not asked, and one that selects everything by '{}' is none", () => {
  const other = {
    ...shape,
    services: [
      { name: 'api', selector: { app: 'api' } },
      { name: 'x', selector: {} },
    ],
  }
  expect(steadiness(timelineOf(...owners, ...pods), other).steady).toBe(true)
})

test('a pod without a label that a Service asks for is not selected by it', () => {
  const services = [
    { name: 'web', selector: { app: 'web' } },
    { name: 'canary', selector: { app: 'web', track: 'canary' } },
  ]
  const of = (labels: Record<string, string>) => {
    const [seen] = timelineOf(watched('Pod', 1, pod({ labels }))).of('pod')
    return seen && servicesOf({ ...shape, services }, seen)
  }
  expect(of({ app: 'web' })).toEqual(['web'])
  expect(of({ app: 'web', track: 'canary' })).toEqual(['web', 'canary'])
  expect(of({ track: 'canary' })).toEqual([])
})

test('the pods of a workload are those of its roots, however far down', () => {
  const stranger = watched('Pod', 3, pod({ name: 'stranger', owner: 'other' }))
  const bare = watched('Pod', 3, pod({ name: 'bare', owner: null }))
  const timeline = timelineOf(...owners, ...pods, stranger, bare)
  expect(livePods(timeline, shape.roots).map(({ uid }) => uid)).toEqual(['web-1', 'web-2'])
  const roots = [{ kind: 'Pod', name: 'bare', uid: 'bare', replicas: 1 }]
  expect(livePods(timeline, roots).map(({ uid }) => uid)).toEqual(['bare'])
})

test('why a pod is not ready: what stops its container, else the last warning, else its phase', () => {
  const waiting = (reason: string) => ({
    ...{ ready: false, phase: 'Pending' },
    containers: { app: { restartCount: 0, state: { waiting: { reason } } } },
  })
  const warning = watched('Event', 5, {
    metadata: { name: 'e', uid: 'e' },
    ...{ reason: 'FailedScheduling', type: 'Warning', message: 'no node fits' },
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'web-1' },
  })
  const why = (reason: string, ...more: Observation[]) => {
    const timeline = timelineOf(watched('Pod', 4, pod(waiting(reason))), ...more)
    const [seen] = timeline.of('pod')
    return seen && whyNotReady(timeline, seen)
  }
  expect(why('CrashLoopBackOff', warning)).toBe('waits: CrashLoopBackOff')
  expect(why('ContainerCreating', warning)).toBe('is not ready: FailedScheduling: no node fits')
  expect(why('PodInitializing')).toBe('is not ready, phase Pending')
})

test('a pod that its ReplicaSet let go is no longer of the workload', () => {
  const timeline = timelineOf(
    ...up,
    watched('Pod', 5, pod({ name: 'web-1', owner: null, labels: {} })),
    watched('Pod', 6, pod({ name: 'web-3' })),
    watched('EndpointSlice', 7, slice('s', [{ of: 'web-2' }, { of: 'web-3' }])),
  )
  expect(steadiness(timeline, shape)).toMatchObject({ steady: true })
  expect(livePods(timeline, shape.roots).map(({ uid }) => uid)).toEqual(['web-2', 'web-3'])
})
