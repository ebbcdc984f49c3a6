import { expect, test } from 'vitest'
import { calledIn, ownName } from '../model/observation.ts'
import { service, slice, spans, timelineOf, watched } from './testing.ts'

const at = (atMs: number, clusterIP: string, port?: number, type?: 'DELETED') =>
  watched('Service', atMs, service('web', clusterIP, port), type)

test('a Service is an interval for each address that it had', () => {
  const timeline = timelineOf(
    ...[at(1, '10.0.0.1'), at(2, '10.0.0.1'), at(3, '10.0.0.1', 8080), at(4, '10.0.0.2', 8080)],
    at(9, '10.0.0.2', 8080, 'DELETED'),
  )
  const seen = timeline.of('service')
  expect(spans(seen)).toEqual(['1-3', '3-4', '4-9'])
  expect(seen.map(({ detail }) => [detail.clusterIP, detail.ports])).toEqual([
    ['10.0.0.1', '80/TCP'],
    ['10.0.0.1', '8080/TCP'],
    ['10.0.0.2', '8080/TCP'],
  ])
  expect(seen[0]).toMatchObject({ subject: 'Service/shop/web', uid: 'web', detail: { name: 'web' } })
})

test('one without an address and ports is one all the same', () => {
  const metadata = { name: 'web', namespace: 'shop', uid: 'web' }
  expect(timelineOf(watched('Service', 1, { metadata })).of('service')[0]?.detail).toEqual({
    ...{ name: 'web', clusterIP: '', ports: '' },
  })
})

test('one in another namespace is called after it, as its endpoints are', () => {
  const timeline = timelineOf(
    { ...at(1, '10.0.0.1'), alias: 'neighbour' },
    { ...watched('EndpointSlice', 2, slice('web-x', [{ of: 'web-1' }])), alias: 'neighbour' },
  )
  expect(timeline.of('service')[0]?.detail.name).toBe('neighbour/web')
  expect(timeline.of('endpoint-ready')[0]?.detail).toMatchObject({ service: 'neighbour/web', pod: 'web-1' })
  expect([calledIn(undefined, 'web'), ownName('web'), ownName('neighbour/web')]).toEqual([
    'web',
    'web',
    'web',
  ])
})
