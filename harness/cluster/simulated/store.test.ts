import { beforeEach, expect, test } from 'vitest'
import { deletePod } from './deletion.ts'
import { EventLog } from './event-log.ts'
import { Random } from './random.ts'
import { type Change, isSame, type ObjectOf, Store } from './store.ts'
import { VirtualClock } from './virtual-clock.ts'

let clock: VirtualClock
let store: Store
let told: string[]
beforeEach(() => {
  clock = new VirtualClock()
  store = new Store(clock, new Random(1))
  told = []
  const tell = ({ type, version, object }: Change) => told.push(`${version} ${type} ${object.metadata?.name}`)
  for (const kind of ['Pod', 'Event'] as const) store.on(kind, tell)
})

const pod = (name: string, more: object = {}) =>
  ({
    metadata: { name, namespace: 'shop' },
    spec: { nodeName: 'n1', containers: [] },
    ...more,
  }) as ObjectOf<'Pod'>

test('each write has a version of its own, and is told at once', () => {
  const made = store.create('Pod', pod('a'))
  expect(made.metadata).toMatchObject({
    resourceVersion: '2',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
  })
  store.update('Pod', { ...made, status: { phase: 'Running' } })
  expect(store.get('Pod', 'a', 'shop')?.metadata?.generation).toBe(1)
  store.update('Pod', { ...made, spec: { containers: [], nodeName: 'n2' } })
  expect(store.get('Pod', 'a', 'shop')?.metadata?.generation).toBe(2)
  expect(store.remove('Pod', 'a', 'shop')).toBe(true)
  expect(store.remove('Pod', 'a', 'shop')).toBe(false)
  expect(told).toEqual(['2 ADDED a', '3 MODIFIED a', '4 MODIFIED a', '5 DELETED a'])
})

test('a write that changes nothing is none, and nor is one to an object that is another by now', () => {
  const made = store.create('Pod', pod('a'))
  expect(store.update('Pod', structuredClone(made))).toBe(made)
  store.remove('Pod', 'a', 'shop')
  store.create('Pod', pod('a'))
  expect(store.update('Pod', { ...made, status: { phase: 'Failed' } })).toBeUndefined()
  expect(store.remove('Pod', 'a', 'shop', made.metadata?.uid)).toBe(false)
  expect(() => store.create('Pod', pod('a'))).toThrow('Pod shop/a is there already')
  expect(told).toHaveLength(3)
})

test('what came after a version is known for five minutes at least', () => {
  store.create('Pod', pod('a'))
  const { version } = store
  store.create('Pod', pod('b'))
  expect(store.since('Pod', version)?.map(({ object }) => object.metadata?.name)).toEqual(['b'])
  clock.advance(300_000)
  store.create('Pod', pod('c'))
  expect(store.since('Pod', version)).toHaveLength(2)
  clock.advance(600_001)
  store.create('Pod', pod('d'))
  expect(store.since('Pod', version)).toBeUndefined()
  expect(store.since('Pod', store.version)).toEqual([])
})

test('a pod with a grace period is marked, and may only be given less', () => {
  store.create('Pod', pod('a'))
  expect(deletePod(store, 'a', 'shop', { uid: 'another' })).toBeUndefined()
  expect(deletePod(store, 'a', 'shop')?.metadata).toMatchObject({
    ...{ deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 },
  })
  expect(
    deletePod(store, 'a', 'shop', { gracePeriodSeconds: 60 })?.metadata?.deletionGracePeriodSeconds,
  ).toBe(30)
  expect(deletePod(store, 'a', 'shop', { gracePeriodSeconds: 5 })?.metadata?.deletionGracePeriodSeconds).toBe(
    5,
  )
  deletePod(store, 'a', 'shop', { gracePeriodSeconds: 0 })
  expect(store.get('Pod', 'a', 'shop')).toBeUndefined()
})

test.each([
  ['that no node has', pod('a', { spec: { containers: [] } })],
  ['that has ended', pod('a', { status: { phase: 'Failed' } })],
])('a pod %s is gone at once', (_, object) => {
  store.create('Pod', object)
  deletePod(store, 'a', 'shop')
  expect(told).toEqual(['2 ADDED a', '3 MODIFIED a', '4 DELETED a'])
})

test('the same event told again counts up, another is another, and both are forgotten after an hour', () => {
  const events = new EventLog(store, clock)
  const object = store.create('Pod', pod('a'))
  const unhealthy = { type: 'Warning', reason: 'Unhealthy', component: 'kubelet' } as const
  events.tell(object, { ...unhealthy, message: 'one' })
  clock.advance(2_000)
  events.tell(object, { ...unhealthy, message: 'one' })
  events.tell(object, { ...unhealthy, message: 'two', fieldPath: 'spec.containers{web}' })
  const counts = () => store.list('Event', 'shop').map(({ count, message }) => [count, message])
  expect(counts()).toEqual([
    [2, 'one'],
    [1, 'two'],
  ])
  clock.advance(3_600_000)
  expect(counts()).toEqual([])
})

test('a namespace that is being deleted, or is gone, takes no more events', () => {
  const events = new EventLog(store, clock)
  const object = store.create('Pod', pod('a'))
  const told = { type: 'Normal', reason: 'Killing', component: 'kubelet', message: 'one' } as const
  const namespace = store.create('Namespace', { metadata: { name: 'shop' } })
  store.update('Namespace', { ...namespace, metadata: { ...namespace.metadata, deletionTimestamp: 'now' } })
  events.tell(object, told)
  store.remove('Namespace', 'shop')
  events.tell(object, told)
  expect(store.list('Event', 'shop')).toEqual([])
  store.create('Namespace', { metadata: { name: 'shop' } })
  events.tell(object, told)
  expect(store.list('Event', 'shop')).toHaveLength(1)
})

test.each([
  [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [null, {}, false],
])('%j and %j: the same? %s', (a, b, same) => {
  expect(isSame(a, b)).toBe(same)
})
