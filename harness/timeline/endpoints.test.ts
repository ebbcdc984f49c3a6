import { expect, test } from 'vitest'
import type { EndpointParts } from './testing.ts'
import { slice, spans, timelineOf, watched } from './testing.ts'
import type { Timeline } from './timeline.ts'

const at = (atMs: number, endpoints: EndpointParts[] | null, name = 's1', service = 'web') =>
  watched('EndpointSlice', atMs, slice(name, endpoints, service))

function states(timeline: Timeline, uid = 'web-1'): Record<string, string[]> {
  const kinds = ['endpoint-listed', 'endpoint-ready', 'endpoint-serving', 'endpoint-terminating'] as const
  return Object.fromEntries(kinds.map((kind) => [kind.slice(9), spans(timeline.of(kind, uid))]))
}

test('an endpoint leaves in three steps: not ready, not serving, gone', () => {
  const timeline = timelineOf(
    at(1, [{ of: 'web-1', ready: true, serving: true, terminating: false }]),
    at(2, [{ of: 'web-1', ready: false, serving: true, terminating: true }]),
    at(3, [{ of: 'web-1', ready: false, serving: false, terminating: true }]),
    at(4, []),
  )
  expect(states(timeline)).toEqual({
    ...{ listed: ['1-4'], ready: ['1-2'], serving: ['1-3'], terminating: ['2-4'] },
  })
})

test('an endpoint comes, is not ready, and gets ready', () => {
  const timeline = timelineOf(
    at(1, []),
    at(2, [{ of: 'web-1', ready: false }]),
    at(3, [{ of: 'web-1', ready: true }]),
  )
  expect(states(timeline)).toEqual({ listed: ['2-'], ready: ['3-'], serving: ['3-'], terminating: [] })
})

test.each<[string, Omit<EndpointParts, 'of'>]>([
  ['absent', {}],
  ['null', { ready: null, serving: null, terminating: null }],
])('conditions that are %s mean ready, serving and not terminating', (_, conditions) => {
  expect(states(timelineOf(at(1, [{ of: 'web-1', ...conditions }])))).toEqual({
    ...{ listed: ['1-'], ready: ['1-'], serving: ['1-'], terminating: [] },
  })
})

test('with publishNotReadyAddresses it is ready while it is neither serving nor staying', () => {
  const timeline = timelineOf(at(1, [{ of: 'web-1', ready: true, serving: false, terminating: true }]))
  expect(states(timeline)).toEqual({ listed: ['1-'], ready: ['1-'], serving: [], terminating: ['1-'] })
})

test('an endpoint of which serving is not told serves where it is ready', () => {
  expect(states(timelineOf(at(1, [{ of: 'web-1', ready: false }]))).serving).toEqual([])
})

test('an endpoint that moves to another slice is seen in each, and names it', () => {
  const timeline = timelineOf(at(1, [{ of: 'web-1' }]), at(2, [{ of: 'web-1' }], 's2'), at(3, []))
  expect(states(timeline).ready).toEqual(['1-3', '2-'])
  expect(timeline.of('endpoint-ready').map(({ detail }) => detail.slice)).toEqual(['s1', 's2'])
})

test('each endpoint of a slice goes by itself', () => {
  const timeline = timelineOf(at(1, [{ of: 'web-1' }, { of: 'web-10' }]), at(2, [{ of: 'web-10' }]))
  expect(states(timeline).listed).toEqual(['1-2'])
  expect(states(timeline, 'web-10').ready).toEqual(['1-'])
  const other = timelineOf(at(1, [{ of: 'web-1' }, { of: 'web-10' }]), at(2, [{ of: 'web-1' }]))
  expect([states(other).ready, states(other, 'web-10').ready]).toEqual([['1-'], ['1-2']])
})

test.each<[string, EndpointParts[] | null]>([
  ['is deleted', [{ of: 'web-1' }]],
  ['is deleted when it is empty', []],
  ['is deleted and has no list', null],
])('all endpoints of a slice that %s end', (_, endpoints) => {
  const deleted = watched('EndpointSlice', 2, slice('s1', endpoints), 'DELETED')
  const timeline = timelineOf(at(1, [{ of: 'web-1' }]), at(1, [{ of: 'web-1' }], 's2', 'other'), deleted)
  expect(states(timeline).ready).toEqual(['1-2', '1-'])
  expect(timeline.of('endpoint-listed').map(({ detail }) => detail.service)).toEqual(['web', 'other'])
})

test('a slice without endpoints, as null, has none', () => {
  expect(states(timelineOf(at(1, [{ of: 'web-1' }]), at(2, null))).listed).toEqual(['1-2'])
})

test('what is no pod, as an address without a target, is left out', () => {
  const object = { ...slice('s1', null), endpoints: [{ addresses: ['192.0.2.1'] }] }
  expect(timelineOf(watched('EndpointSlice', 1, object)).all()).toEqual([])
})

test('an endpoint names its pod, its Service and its address', () => {
  expect(timelineOf(at(1, [{ of: 'web-1' }])).of('endpoint-ready')[0]).toMatchObject({
    ...{ subject: 'Pod/shop/web-1', uid: 'web-1' },
    detail: { service: 'web', slice: 's1', address: 'ip of web-1', pod: 'web-1' },
  })
})

test('a slice that is told again unchanged adds nothing', () => {
  const timeline = timelineOf(...[1, 2, 3].map((ms) => at(ms, [{ of: 'web-1' }])))
  expect(timeline.all()).toHaveLength(3)
})
