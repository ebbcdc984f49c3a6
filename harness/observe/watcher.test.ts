import { afterEach, describe, expect, test } from 'vitest'
import { realClock } from '../cluster/clock.ts'
import type { Kube, KubeObject, ObjectList, WatchEnd, WatchEvent } from '../cluster/kube.ts'
import type { GapObservation, WatchedKind, WatchObservation } from '../model/observation.ts'
import { watchKind } from './watcher.ts'

type Watched = (onEvent: (event: WatchEvent) => void) => WatchEnd
type List = () => ObjectList

const closed: WatchEnd = { why: 'closed' }
const expired: WatchEnd = { why: 'expired' }
const failed: WatchEnd = { why: 'failed', error: new Error('connection refused') }

const object = (name: string, version: string, more: object = {}): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod', ...more },
  metadata: { name, uid: name, resourceVersion: version, namespace: 'shop' },
})
const list = (resourceVersion: string, ...items: KubeObject[]): List => {
  return () => ({ items, resourceVersion })
}
const added = (name: string, version: string): WatchEvent => ({
  type: 'ADDED',
  object: object(name, version),
})

let stopping = new AbortController()
afterEach(() => {
  stopping.abort()
  stopping = new AbortController()
})

/** Watches by a script: a first list, then one watch after the other, and a list for each that expired. */
type Seen = (observation: WatchObservation | GapObservation) => void

async function watch(lists: List[], watches: Watched[], kind: WatchedKind = 'Pod', also?: Seen) {
  const clock = {
    ...realClock,
    ms: 1_000,
    slept: [] as number[],
    now: () => clock.ms,
    sleep: async (ms: number) => {
      clock.slept.push(ms)
      clock.ms += ms
    },
  }
  const seen: (WatchObservation | GapObservation)[] = []
  const versions: string[] = []
  const over = Promise.withResolvers<void>()
  const kube = {
    list: async () => {
      const next = lists.shift()
      if (!next) throw new Error('the list was refused')
      return next()
    },
    watch: async (_: unknown, version: string, onEvent: (event: WatchEvent) => void): Promise<WatchEnd> => {
      versions.push(version)
      clock.ms += 10
      const next = watches.shift()
      if (!next) over.resolve()
      return next ? next(onEvent) : new Promise(() => undefined)
    },
  } as unknown as Kube
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' }
  const onSeen: Seen = (o) => {
    seen.push(o)
    also?.(o)
  }
  const watched = await watchKind(kube, clock, kind, ref, onSeen, 1_000, stopping.signal)
  await over.promise
  const told = seen.map((o) => (o.source === 'gap' ? 'gap' : `${o.type} ${o.object.metadata.name}`))
  return { seen, told, versions, watched, slept: clock.slept }
}

test('it lists, then watches from the version of the list', async () => {
  const { told, versions } = await watch(
    [list('10', object('a', '3'), object('b', '7'))],
    [
      (onEvent) => {
        onEvent(added('c', '11'))
        onEvent({ type: 'MODIFIED', object: object('a', '12') })
        onEvent({ type: 'DELETED', object: object('b', '13') })
        return closed
      },
    ],
  )
  expect(told).toEqual(['LISTED a', 'LISTED b', 'ADDED c', 'MODIFIED a', 'DELETED b'])
  expect(versions).toEqual(['10', '13'])
})

test('a watch that was closed goes on from the last version that it saw, without a gap or a wait', async () => {
  const { told, versions, slept } = await watch(
    [list('10')],
    [
      (onEvent) => {
        onEvent(added('a', '11'))
        return closed
      },
      () => closed,
      (onEvent) => {
        onEvent(added('b', '12'))
        return closed
      },
    ],
  )
  expect(told).toEqual(['ADDED a', 'ADDED b'])
  expect(versions).toEqual(['10', '11', '11', '12'])
  expect(slept).toEqual([])
})

test('a bookmark moves the version on and tells nothing', async () => {
  const { told, versions } = await watch(
    [list('10')],
    [
      (onEvent) => {
        onEvent({ type: 'BOOKMARK', resourceVersion: '50' })
        onEvent({ type: 'BOOKMARK', resourceVersion: '' })
        return closed
      },
    ],
  )
  expect(told).toEqual([])
  expect(versions).toEqual(['10', '50'])
})

test('a watch that failed is tried again from the same version, ever more patiently, up to 2 s', async () => {
  const { told, versions, slept } = await watch(
    [list('10')],
    Array(7).fill(() => failed),
  )
  expect(told).toEqual([])
  expect(new Set(versions)).toEqual(new Set(['10']))
  expect(slept).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000])
})

test('what is heard again makes it impatient again', async () => {
  const heard: Watched = (onEvent) => {
    onEvent(added('a', '11'))
    return failed
  }
  const { slept } = await watch([list('10')], [() => failed, () => failed, heard, () => failed])
  expect(slept).toEqual([100, 200, 100, 200])
})

test('a version that is too old makes a gap: listed again, told what came and went, and from when to when', async () => {
  const { seen, told, versions } = await watch(
    [
      list('10', object('stays', '1'), object('changes', '2'), object('goes', '3')),
      list('90', object('stays', '1'), object('changes', '80'), object('comes', '85')),
    ],
    [
      (onEvent) => {
        onEvent(added('came', '11'))
        return closed
      },
      () => expired,
    ],
  )
  expect(told.slice(0, 4)).toEqual(['LISTED stays', 'LISTED changes', 'LISTED goes', 'ADDED came'])
  expect(told.slice(4).sort()).toEqual([
    ...['ADDED comes', 'DELETED came', 'DELETED goes', 'MODIFIED changes', 'gap'],
  ])
  // Last heard at the event, 10 ms after the list; back with the second list, another 10 ms on.
  expect(seen.find(({ source }) => source === 'gap')).toEqual({
    ...{ source: 'gap', watch: 'Pod', fromMs: 10, atMs: 20, reason: 'the resourceVersion had expired' },
  })
  expect(versions).toEqual(['10', '11', '90'])
})

test('what vanished in a gap is told once, as it was last seen, and what came is known from then on', async () => {
  const { seen, told } = await watch(
    [list('10', object('a', '1', { spec: { nodeName: 'n1' } })), list('90', object('b', '80')), list('99')],
    [() => expired, () => expired],
  )
  expect(told.filter((line) => line !== 'gap')).toEqual(['LISTED a', 'ADDED b', 'DELETED a', 'DELETED b'])
  const gone = seen.find((o) => o.source === 'watch' && o.type === 'DELETED')
  expect(gone).toMatchObject({ object: { spec: { nodeName: 'n1' }, metadata: { uid: 'a' } } })
})

test('an object of the same name and another UID is another one', async () => {
  const again = object('a', '80')
  const { told } = await watch(
    [list('10', object('a', '1')), list('90', { ...again, metadata: { ...again.metadata, uid: 'a2' } })],
    [() => expired],
  )
  expect(told.filter((line) => line !== 'gap')).toEqual(['LISTED a', 'ADDED a', 'DELETED a'])
})

test('events of Kubernetes are not missed when they expire: nobody asks for an old one again', async () => {
  const { told } = await watch([list('10', object('e', '1')), list('90')], [() => expired], 'Event')
  expect(told.filter((line) => line !== 'gap')).toEqual(['LISTED e'])
})

test('where the objects could not be listed after a gap, it is tried again, and the gap is told then', async () => {
  const refused = () => {
    throw new Error('forbidden')
  }
  const { told } = await watch(
    [list('10'), refused, list('90', object('a', '80'))],
    [() => expired, () => expired],
  )
  expect(told.filter((line) => line === 'gap').length).toBeGreaterThanOrEqual(1)
  expect(told).toContain('ADDED a')
})

test('the gap is told before what came of it: whoever judges that must know', async () => {
  const { told } = await watch([list('1', object('a', '1')), list('9')], [() => expired])
  expect(told).toEqual(['LISTED a', 'gap', 'DELETED a'])
})

const gapsOf = async (first: KubeObject[], again: KubeObject[], kind?: WatchedKind) => {
  const { seen } = await watch([list('10', ...first), list('90', ...again)], [() => expired], kind)
  return seen.flatMap((o) => (o.source === 'gap' ? [o.unchanged] : []))
}

test('a gap tells whether anything had changed: every object is as it was last seen, and there is no other', async () => {
  const [a, b] = [object('a', '1'), object('b', '2')]
  expect(await gapsOf([a, b], [b, a])).toEqual([true])
  expect(await gapsOf([], [])).toEqual([true])
  expect(await gapsOf([a, b], [a])).toEqual([undefined])
  expect(await gapsOf([a], [a, b])).toEqual([undefined])
  expect(await gapsOf([a], [b])).toEqual([undefined])
  expect(await gapsOf([a], [object('a', '3')])).toEqual([undefined])
})

test('of events it is not known', async () => {
  expect(await gapsOf([object('e', '1')], [object('e', '1')], 'Event')).toEqual([undefined])
})

test('events that are still there after a gap are no news', async () => {
  const [first, again] = [list('1', object('e', '1')), list('9', object('e', '1'), object('f', '2'))]
  const { told } = await watch([first, again], [() => expired], 'Event')
  expect(told).toEqual(['LISTED e', 'gap', 'LISTED e', 'LISTED f'])
})

test('an object that could not be read leaves a gap, and the watch goes on', async () => {
  const bad: Watched = (onEvent) => {
    onEvent(added('bad', '2'))
    onEvent(added('good', '3'))
    return closed
  }
  const { seen, told, versions } = await watch([list('1')], [bad], 'Pod', (o) => {
    if (o.source === 'watch' && o.object.metadata.name === 'bad') throw new Error('status: expected')
  })
  expect(told).toEqual(['ADDED bad', 'gap', 'ADDED good'])
  expect(seen[1]).toMatchObject({ watch: 'Pod', reason: 'an object could not be read: status: expected' })
  expect(versions).toEqual(['1', '3'])
})

test('where it may not list after a gap, it asks ever more patiently', async () => {
  const { told, slept } = await watch(
    [list('1')],
    Array(7).fill(() => expired),
  )
  expect(told).toEqual([])
  expect(slept).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000])
})

test('where the first list is refused, so is the watch', async () => {
  await expect(watch([], [])).rejects.toThrow('the list was refused')
})

test('it keeps the time of the last write and not the fields that were managed', async () => {
  const managedFields = [{ time: '2026-01-01T00:00:05Z' }, { time: '2026-01-01T00:00:09Z' }, { manager: 'x' }]
  const written = object('a', '1')
  const { seen } = await watch(
    [list('10', { ...written, metadata: { ...written.metadata, managedFields } as never })],
    [],
  )
  expect(seen).toEqual([
    {
      ...{ source: 'watch', atMs: 0, kind: 'Pod', type: 'LISTED', serverTime: '2026-01-01T00:00:09Z' },
      object: written,
    },
  ])
})

test('times count from the zero that it was given, at the arrival of each event', async () => {
  const { seen } = await watch(
    [list('10', object('a', '1'))],
    [
      (onEvent) => {
        onEvent(added('b', '11'))
        return closed
      },
    ],
  )
  expect(seen.map(({ atMs }) => atMs)).toEqual([0, 10])
})

test('it ends with its signal, and asks for nothing more', async () => {
  let [asked, listed] = [0, 0]
  const ended = Promise.withResolvers<void>()
  const kube = {
    list: async () => {
      listed += 1
      return { items: [], resourceVersion: '10' }
    },
    watch: async (): Promise<WatchEnd> => {
      asked += 1
      stopping.abort()
      setImmediate(ended.resolve)
      return expired
    },
  } as unknown as Kube
  const clock = { ...realClock, now: () => 0, sleep: async () => undefined }
  const ref = { apiVersion: 'v1', kind: 'Pod' }
  await watchKind(kube, clock, 'Pod', ref, () => undefined, 0, stopping.signal)
  await ended.promise
  expect([asked, listed]).toEqual([1, 1])
})

describe('what the API server knows has been told of', () => {
  /** After a first list of `a`, a watch that tells of nothing until it is let; then a list of what there is by then. */
  async function behind(there: List, later: WatchEvent[] = []) {
    const clock = { ...realClock, ms: 0, now: () => clock.ms, looks: 0, sleep }
    let tell: (event: WatchEvent) => void = () => undefined
    async function sleep(ms: number) {
      clock.ms += ms
      clock.looks += 1
      await new Promise((resolve) => setImmediate(resolve))
      const next = later.shift()
      if (next) tell(next)
    }
    const lists = [list('10', object('a', '3')), there]
    const kube = {
      list: async () => (lists.length > 1 ? lists.shift() : lists[0])?.(),
      watch: (_: unknown, __: string, onEvent: (event: WatchEvent) => void) => {
        tell = onEvent
        return new Promise(() => undefined)
      },
    } as unknown as Kube
    const seen: (WatchObservation | GapObservation)[] = []
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' }
    const watched = await watchKind(kube, clock, 'Pod', ref, (o) => seen.push(o), 0, stopping.signal)
    await watched.caughtUp(5_000)
    const gaps = seen.flatMap((o) => (o.source === 'gap' ? [o] : []))
    return { gaps, looks: clock.looks, nowMs: clock.ms }
  }

  test('where nothing has changed, without a wait', async () => {
    expect(await behind(list('14', object('a', '3')))).toEqual({ gaps: [], looks: 0, nowMs: 0 })
  })

  test.each<[what: string, there: [string, ...KubeObject[]], event: WatchEvent]>([
    ['a new one', ['11', object('a', '3'), object('b', '11')], added('b', '11')],
    ['a change', ['12', object('a', '12')], { type: 'MODIFIED', object: object('a', '12') }],
    ['that one is gone', ['13'], { type: 'DELETED', object: object('a', '13') }],
  ])('once the watch has told of %s', async (_, [version, ...there], event) => {
    const { gaps, looks } = await behind(list(version, ...there), [
      { type: 'BOOKMARK', resourceVersion: '10' },
      event,
    ])
    expect(gaps).toEqual([])
    expect(looks).toBe(2)
  })

  test('however much more the watch has told of since the list', async () => {
    const { gaps, looks } = await behind(list('12', object('a', '12')), [
      { type: 'MODIFIED', object: object('a', '15') },
    ])
    expect([gaps, looks]).toEqual([[], 1])
  })

  test('or a gap says that it was not', async () => {
    const { gaps, nowMs } = await behind(list('12', object('a', '12')))
    expect(gaps).toEqual([
      {
        ...{ source: 'gap', fromMs: 0, atMs: nowMs, watch: 'Pod' },
        reason: 'the watch was silent, and the API server had more to tell',
      },
    ])
    expect(nowMs).toBe(5_000)
  })

  test('nor is it known where the API server is away', async () => {
    const { gaps } = await behind(() => {
      throw new Error('connection refused')
    })
    expect(gaps).toMatchObject([{ reason: 'the API server did not tell what there is' }])
  })
})
