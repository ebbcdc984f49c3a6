import { beforeEach, expect, test } from 'vitest'
import type { Kube, ListRef, WatchEnd, WatchEvent } from '../../kube.ts'
import { deletePod } from '../deletion.ts'
import { simulatedKube } from './kube.ts'
import { type FakeWorld, fakeWorld, shopPod } from './testing.ts'

const pods = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' }

let world: FakeWorld
let kube: Kube
let seen: string[]
let ends: WatchEnd[]
let stopping: AbortController
beforeEach(() => {
  world = fakeWorld()
  kube = simulatedKube(world, { version: 'v1.34.4' })
  seen = []
  ends = []
  stopping = new AbortController()
})

function tell(event: WatchEvent): void {
  if (event.type !== 'BOOKMARK') seen.push(`${event.type} ${event.object.metadata?.name}`)
}

async function watch(ref: ListRef, version: string, onEvent = tell, signal = stopping.signal): Promise<void> {
  void kube.watch(ref, version, onEvent, signal).then((end) => ends.push(end))
  await world.clock.sleep(20)
}

const make = (name: string, labels?: Record<string, string>, spec: object = {}) =>
  world.store.create('Pod', shopPod(name, spec, labels) as never)

test('tells what is there, then what changes, each a little later and in its order', async () => {
  make('b')
  make('a')
  await watch(pods, '0')
  expect(seen.splice(0)).toEqual(['ADDED a', 'ADDED b'])
  const made = make('c')
  world.store.update('Pod', { ...made, status: { phase: 'Running' } })
  world.store.remove('Pod', 'c', 'shop')
  expect(seen).toEqual([])
  world.clock.advance(0.5)
  expect(seen).toEqual([])
  world.clock.advance(30)
  expect(seen).toEqual(['ADDED c', 'MODIFIED c', 'DELETED c'])
})

test('goes on from the version of a list, without what the list has', async () => {
  make('a')
  const { resourceVersion } = await kube.list(pods)
  make('b')
  await watch(pods, resourceVersion)
  make('c')
  world.clock.advance(20)
  expect(seen).toEqual(['ADDED b', 'ADDED c'])
})

test('is refused a version that is too old', async () => {
  const { resourceVersion } = await kube.list(pods)
  make('a')
  world.clock.advance(900_000)
  make('b')
  await watch(pods, resourceVersion)
  expect(ends).toEqual([{ why: 'expired' }])
})

test('an object comes and goes by what is selected, as it last was', async () => {
  const objects: WatchEvent[] = []
  await watch({ ...pods, labelSelector: 'app=web' }, '0', (event) => {
    tell(event)
    objects.push(event)
  })
  const made = make('a', { app: 'other' })
  const labelled = world.store.update('Pod', {
    ...made,
    metadata: { ...made.metadata, labels: { app: 'web' } },
  })
  world.store.update('Pod', { ...(labelled ?? made), status: { phase: 'Running' } })
  world.store.update('Pod', made)
  const { version } = world.store
  world.store.remove('Pod', 'a', 'shop')
  world.clock.advance(50)
  expect(seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a'])
  expect(objects.at(-1)).toMatchObject({
    object: { metadata: { labels: { app: 'web' }, resourceVersion: String(version) } },
  })
})

test('other namespaces and names are none of its business', async () => {
  await watch({ ...pods, fieldSelector: 'metadata.name=a' }, '0')
  for (const name of ['a', 'b']) make(name)
  world.store.create('Pod', { metadata: { name: 'a', namespace: 'other' } } as never)
  world.clock.advance(20)
  expect(seen).toEqual(['ADDED a'])
})

test('ends by its signal, and tells nothing more, not even what is under way', async () => {
  await watch(pods, '0')
  const other = new AbortController()
  await watch(pods, '0', (event) => event.type !== 'BOOKMARK' && seen.push('other'), other.signal)
  make('a')
  stopping.abort()
  world.clock.advance(20)
  await world.clock.sleep(1)
  expect(ends).toEqual([{ why: 'closed' }])
  expect(seen).toEqual(['other'])
  expect(await kube.watch(pods, '0', tell, stopping.signal)).toEqual({ why: 'closed' })
})

test('leaves nothing behind when it ends', async () => {
  let listeners = 0
  const on = world.store.on.bind(world.store)
  world.store.on = (kind, listener) => {
    const off = on(kind, listener)
    listeners++
    return () => {
      listeners--
      off()
    }
  }
  await watch(pods, '0')
  expect(listeners).toBe(1)
  stopping.abort()
  expect(listeners).toBe(0)
})

test('ends where whoever listens throws, or where it cannot be understood', async () => {
  await watch(pods, '0', () => {
    throw new Error('deaf')
  })
  make('a')
  make('b')
  await world.clock.sleep(20)
  expect(ends).toEqual([{ why: 'failed', error: new Error('deaf') }])
  const end = await kube.watch({ ...pods, fieldSelector: 'spec.x=1' }, '0', tell, stopping.signal)
  expect(end).toMatchObject({ why: 'failed', error: { code: 400 } })
  expect(await kube.watch({ ...pods, kind: 'Job' }, '0', tell, stopping.signal)).toMatchObject({
    ...{ why: 'failed', error: { reason: 'UnknownKind' } },
  })
})

test('time waits until what an event lets go on has run', async () => {
  const arrived = Promise.withResolvers<void>()
  await watch(pods, '0', () => arrived.resolve())
  make('a')
  world.clock.after(6.5, () => seen.push('later'))
  const waits = world.clock.sleep(100)
  await arrived.promise
  await new Promise((resolve) => process.nextTick(resolve))
  seen.push('told')
  await waits
  expect(seen).toEqual(['told', 'later'])
})

test('a pod that is deleted is told of with its mark first', async () => {
  make('a', undefined, { nodeName: 'n1' })
  await watch(pods, '0')
  deletePod(world.store, 'a', 'shop')
  deletePod(world.store, 'a', 'shop', { gracePeriodSeconds: 0 })
  world.clock.advance(20)
  expect(seen).toEqual(['ADDED a', 'MODIFIED a', 'MODIFIED a', 'DELETED a'])
})
